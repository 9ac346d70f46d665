import { createReadStream, fstatSync, statSync } from "node:fs";
import { devNull } from "node:os";
import type { Given } from "./command.ts";

/** Bytes; what a value may have at most is judged where it is encoded. */
const SURELY_TOO_MUCH = 4_194_304;
/** The byte. */
export const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The value to store: a file as it is, what is piped without its last newline, or what `ask`
 * gets of whoever is there, also where stdin is the null device.
 */
export async function readValue(
  name: string,
  values: Given["values"],
  ask: () => Promise<Buffer> = async () => (await import("./prompt.ts")).askValue(name),
): Promise<Buffer> {
  const file = values["from-file"];
  if (typeof file === "string" && file !== "-") return readFile(file);
  if (file !== "-" && (isNothing() || process.stdin.isTTY)) {
    return ask();
  }
  const piped = await readAll(process.stdin);
  return values["raw"] === true ? piped : withoutNewline(piped);
}

// What cron and services have for a stdin: it would be stored as an empty value.
function isNothing(): boolean {
  try {
    const { rdev } = fstatSync(0, { bigint: true });
    return rdev !== 0n && rdev === statSync(devNull, { bigint: true }).rdev;
  } catch {
    return false;
  }
}

async function readFile(path: string): Promise<Buffer> {
  try {
    return await readAll(createReadStream(path));
  } catch (error) {
    const next = "strongroom set NAME --from-file FILE";
    throw (await import("./unreadable.ts")).unreadable("--from-file", path, { error, next });
  }
}

/** What a stream holds, or more than any value may have. */
export async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    length += chunk.length;
    // Enough to be refused; an endless pipe or device would be read for ever.
    if (length > SURELY_TOO_MUCH) break;
  }
  return Buffer.concat(chunks);
}

/** What an editor or `echo` wrote without the newline that it puts at the end, at most one. */
export function withoutNewline(piped: Buffer): Buffer {
  if (piped.at(-1) !== LINE_FEED) return piped;
  return piped.subarray(0, piped.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
