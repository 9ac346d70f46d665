import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";

const CHUNK_BYTES = 4_194_304;
/** A multiple of three, so that base64 of a canary begins with base64 of this. */
const PREFIX = "canary-x7Qp9-";
const PREFIX_BYTES = 15;

/** Values that are found wherever they lie in a memory, whatever was made of them. */
export function canaries(count: number, salt: string): readonly string[] {
  const prefix = `${PREFIX}${salt}`.padEnd(PREFIX_BYTES, "z").slice(0, PREFIX_BYTES);
  return Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(6, "0")}-${n * 7}`);
}

type Form = (text: string) => Buffer;

const FORMS: { readonly [form: string]: Form } = {
  plain: (text) => Buffer.from(text),
  utf16: (text) => Buffer.from(text, "utf16le"),
  hex: (text) => Buffer.from(Buffer.from(text).toString("hex")),
  base64: (text) => Buffer.from(Buffer.from(text).toString("base64").slice(0, 28)),
};

/** The canaries of which some form is in these bytes, a whole memory or a dump of one. */
export function foundIn(bytes: Buffer, values: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const form of Object.values(FORMS)) {
    // The common prefix is looked for first: two hundred searches would take minutes.
    const prefix = form((values[0] ?? "").slice(0, PREFIX_BYTES)).subarray(0, 15);
    for (let at = bytes.indexOf(prefix); at !== -1; at = bytes.indexOf(prefix, at + 1)) {
      const around = bytes.subarray(at, at + 120);
      for (const value of values) if (around.includes(form(value))) found.add(value);
    }
  }
  return found;
}

/** The canaries in the memory of a process; undefined where it may not be read. Linux only. */
export function foundInProcess(
  pid: number,
  values: readonly string[],
): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  let file: number;
  try {
    file = openSync(`/proc/${pid}/mem`, "r");
  } catch {
    return undefined;
  }
  for (const line of readFileSync(`/proc/${pid}/maps`, "latin1").split("\n")) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line) ?? [];
    if (from === undefined || to === undefined || line.includes("[vvar")) continue;
    const end = Number(BigInt(`0x${to}`));
    for (let at = Number(BigInt(`0x${from}`)); at < end; at += CHUNK_BYTES) {
      const chunk = Buffer.alloc(Math.min(CHUNK_BYTES + 256, end - at));
      try {
        const read = readSync(file, chunk, 0, chunk.length, at);
        for (const value of foundIn(chunk.subarray(0, read), values)) found.add(value);
      } catch {
        // Not mapped to anything.
      }
    }
  }
  closeSync(file);
  return found;
}

/** Every process whose environment names this home. Linux only. */
export function processesOf(home: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
        return pid !== process.pid && variables.includes(`STRONGROOM_HOME=${home}`);
      } catch {
        return false;
      }
    });
}
