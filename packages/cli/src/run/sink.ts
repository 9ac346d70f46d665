import { fstatSync, write } from "node:fs";
import { Writable } from "node:stream";
import { isatty } from "node:tty";
import { StrongroomError } from "@strongroom/client/protocol";
import { Refusal } from "../refusal.ts";

/** How a reader that has left shows itself; the last one when it left before this program began. */
const LEFT = new Set(["ECONNRESET", "EPIPE", "ERR_STREAM_DESTROYED"]);
const FULL = new Set(["EDQUOT", "EFBIG", "ENOSPC"]);
const heard = new Set<Writable>();

/**
 * Where what a program writes goes on to: our standard output (1) or error (2), which stays open.
 * It fails when its reader has left, so that the program meets a closed pipe. What a file has no room
 * for is lost, and what comes later is tried again: a full disk does not end a program.
 */
export class Sink extends Writable {
  readonly #fd: 1 | 2;
  readonly #isFile: boolean;
  #loss: string | undefined;

  constructor(fd: 1 | 2) {
    super();
    this.#fd = fd;
    this.#isFile = isFile(fd);
    if (!this.#isFile) listen(streamOf(fd));
  }

  /** What says that some was lost though somebody was there to read it; undefined when none was. */
  get loss(): StrongroomError | Refusal | undefined {
    if (this.#loss === undefined) return undefined;
    const name = this.#fd === 1 ? "output" : "error";
    const message = `some of what the program wrote to standard ${name} is lost: ${this.#loss}`;
    const hint = "let it go where there is room for it, then run the program again";
    if (FULL.has(this.#loss)) return new StrongroomError("DISK_FULL", message, { hint });
    return new Refusal("OUTPUT", message, hint);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#isFile) {
      this.#put(chunk, done);
      return;
    }
    streamOf(this.#fd).write(chunk, (error) => {
      if (error && !LEFT.has(codeOf(error))) this.#loss ??= codeOf(error);
      done(error);
    });
  }

  #put(bytes: Buffer, done: Done): void {
    write(this.#fd, bytes, (error, length) => {
      if (error) this.#loss ??= codeOf(error);
      if (error || length === bytes.length) done();
      else this.#put(bytes.subarray(length), done);
    });
  }
}

type Done = (error?: Error | null) => void;

function isFile(fd: number): boolean {
  try {
    const stat = fstatSync(fd, { bigint: true });
    return stat.isFile() || stat.isBlockDevice() || (stat.isCharacterDevice() && !isatty(fd));
  } catch {
    return false;
  }
}

function streamOf(fd: 1 | 2): Writable {
  return fd === 1 ? process.stdout : process.stderr;
}

/** Each write tells its own failure; unheard, the stream's would end the process. */
function listen(stream: Writable): void {
  if (!heard.has(stream)) stream.on("error", () => undefined);
  heard.add(stream);
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "an error";
}
