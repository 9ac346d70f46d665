import { readFileSync } from "node:fs";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Given } from "./command.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The value to store: a file as it is, what is piped without its last newline, or a prompt. */
export async function readValue(name: string, values: Given["values"]): Promise<Buffer> {
  const file = values["from-file"];
  if (typeof file === "string" && file !== "-") return readFile(file);
  if (process.stdin.isTTY && file !== "-") {
    return (await import("./prompt.ts")).askValue(name);
  }
  const piped = await readStdin();
  return values["raw"] === true ? piped : withoutNewline(piped);
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new StrongroomError("INVALID", `--from-file cannot be read: ${code}`, {
      hint: "give it the path of a file that you may read",
    });
  }
}

async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    // One newline may still be taken off.
    if (length > LIMITS.valueBytes + 2) {
      throw new StrongroomError("TOO_LARGE", `a value has at most ${LIMITS.valueBytes} bytes`, {
        hint: "strongroom help set",
      });
    }
  }
  return Buffer.concat(chunks);
}

function withoutNewline(piped: Buffer): Buffer {
  if (piped.at(-1) !== LINE_FEED) return piped;
  return piped.subarray(0, piped.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}
