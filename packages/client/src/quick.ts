import { lstatSync, readFileSync, realpathSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { realElsewhere } from "./elsewhere.ts";
import { byShortPath } from "./short-path.ts";
// Single files of the protocol: its index would load fifty more before the first byte is sent.
import { FrameDecoder } from "./protocol/frame-reader.ts";
import { encodeFrame } from "./protocol/frame-writer.ts";
import { LIMITS } from "./protocol/limits.ts";
import type { HelloResult, MethodName, Params, Result } from "./protocol/methods.ts";
import { ownProcess } from "./protocol/own-process.ts";
import { readRecord } from "./protocol/record.ts";
import { PROTOCOL, VERSION } from "./protocol/version.ts";
import type { WireValue } from "./values.ts";

interface Reply {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}
interface Waiter {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The quick way did not work out; nothing is said about why, because the thorough way will. */
export class QuickFailure extends Error {
  override readonly name = "QuickFailure";
}

/**
 * The shortest way to a daemon that runs: the socket of its record, our framing, no library.
 * For processes that make a call or two and exit. Whatever is out of the ordinary (no record,
 * a folder that is not ours alone, another vault, a lost connection, no answer in time) is a
 * `QuickFailure`, and `connect` says or does what is right then.
 */
export class Quick {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiter>();
  readonly #hello: Promise<HelloResult>;
  readonly #ms: number;
  #last = -1;

  private constructor(socket: Socket, vault: string, name: string, ms: number) {
    this.#socket = socket;
    this.#ms = ms;
    const decoder = new FrameDecoder(LIMITS.replyBytes);
    socket.on("data", (chunk) => {
      try {
        for (const body of decoder.push(chunk)) this.#take(JSON.parse(body.toString()) as Reply);
      } catch {
        socket.destroy();
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject(new QuickFailure("lost"));
      this.#waiting.clear();
    });
    const own = ownProcess();
    const client = { name, version: VERSION, ...(own && { process: own }) };
    this.#hello = this.#send("hello", { protocol: PROTOCOL, client }).then((hello) => {
      const { protocol } = hello;
      const known = protocol >= PROTOCOL.min && protocol <= PROTOCOL.max;
      if (known && hello.vault === vault) return hello;
      throw new QuickFailure("another vault or protocol, or not open yet");
    });
    this.#hello.catch(() => {});
  }

  /**
   * Begins to connect to the daemon whose record and `vault.json` are in this folder. A call
   * that is not answered within `ms` rejects with `TIMEOUT`.
   */
  static to(folder: string, name: string, ms: number): Quick {
    if (!isFolderOfOurs(folder)) throw new QuickFailure("a folder that is open to others");
    const recorded = readRecord(`${folder}/daemon.pid`)?.endpoint;
    const endpoint = recorded === undefined ? undefined : ownEndpoint(recorded, folder);
    if (endpoint === undefined) throw new QuickFailure("a copy");
    if (!isSocketOfOurs(endpoint)) throw new QuickFailure("no socket");
    const id = vaultId(`${folder}/vault.json`);
    if (id === undefined) throw new QuickFailure("no vault");
    const socket = byShortPath(endpoint, (short) => connect(short));
    if (socket === undefined) throw new QuickFailure("too long a path");
    return new Quick(socket, id, name, ms);
  }

  /** The answer to the handshake. */
  get hello(): Promise<HelloResult> {
    return this.#hello;
  }

  /** Sends a request at once and resolves when both it and the handshake were answered. */
  async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    const answer = this.#send(method, params);
    answer.catch(() => {});
    await this.#hello;
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #send<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    const id = (this.#last += 1);
    let timer: NodeJS.Timeout | undefined;
    const answer = new Promise<unknown>((resolve, reject) => {
      if (this.#socket.destroyed) throw new QuickFailure("lost");
      if (this.#ms !== Infinity) {
        timer = setTimeout(() => {
          void import("./outcome.ts").then((m) => reject(m.unanswered(method, this.#ms)));
        }, this.#ms);
      }
      this.#waiting.set(id, { resolve, reject });
      this.#socket.write(encodeFrame(JSON.stringify({ jsonrpc: "2.0", id, method, params })));
    });
    return answer.finally(() => clearTimeout(timer)) as Promise<Result<M>>;
  }

  #take({ id, result, error }: Reply): void {
    const waiter = this.#waiting.get(id as number);
    if (waiter === undefined) throw new QuickFailure("an answer to nothing");
    this.#waiting.delete(id as number);
    if (error === undefined) waiter.resolve(result);
    else
      void import("./protocol/errors.ts").then((m) =>
        waiter.reject(m.StrongroomError.fromWire(error)),
      );
  }
}

/** `encodeValue` of the SDK, loaded when there is a value to send. */
export async function encodeValue(value: Uint8Array): Promise<WireValue> {
  return (await import("./values.ts")).encodeValue(value);
}

/**
 * The vault folder of an environment: what `resolveHome` says, without loading what it needs
 * where the rule is one line.
 */
export async function vaultFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const root = env["STRONGROOM_HOME"];
  if (root?.startsWith("/") === true && !root.includes("/..")) return `${root}/vault`;
  if (root === undefined && process.platform === "linux") {
    const { HOME: user, XDG_DATA_HOME: data } = env;
    if (data?.startsWith("/") === true) return `${data}/strongroom/vault`;
    if (user?.startsWith("/") === true) return `${user}/.local/share/strongroom/vault`;
  }
  return (await import("./protocol/paths.ts")).resolveHome(env).vault;
}

/**
 * The socket of a record, as `dial.ts` has it. A record that was copied with its vault names that of
 * the original. One in the run folder beside this vault is its own; to tell others, a module is
 * loaded that takes two milliseconds.
 */
function ownEndpoint(endpoint: string, folder: string): string | undefined {
  const place = endpoint.slice(0, endpoint.lastIndexOf("/"));
  if (place === `${folder.slice(0, -"vault".length)}run`) return endpoint;
  try {
    const real = realElsewhere(place, folder);
    // As `vaultIdentity` has it.
    const { hash } = process.getBuiltinModule("node:crypto");
    const name = `/${hash("sha256", realpathSync.native(folder)).slice(0, 16)}.sock`;
    return real === undefined || endpoint !== place + name ? undefined : real + name;
  } catch {
    return undefined;
  }
}

function isSocketOfOurs(path: string): boolean {
  if (!/^\/.+\.sock$/.test(path)) return false;
  return isFolderOfOurs(path.slice(0, path.lastIndexOf("/")));
}

function isFolderOfOurs(path: string): boolean {
  try {
    const { mode, uid } = lstatSync(path, { bigint: true });
    return Number(uid) === process.getuid?.() && (mode & 0o170077n) === 0o040000n;
  } catch {
    return false;
  }
}

function vaultId(path: string): string | undefined {
  try {
    const { id } = JSON.parse(readFileSync(path, "utf8")) as { readonly id?: unknown };
    return typeof id === "string" ? id : undefined;
  } catch {
    return undefined;
  }
}
