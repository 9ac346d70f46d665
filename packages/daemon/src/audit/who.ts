import type { AuditEntry } from "@strongroom/client/protocol";
import type { ByteReader } from "../vault/reader.ts";
import { ByteWriter } from "../vault/writer.ts";

/** On whose behalf something is done. */
export type Who = Pick<AuditEntry, "actor" | "client" | "executable" | "pid" | "uid">;

/** Whoever came through the owner's door and said nothing of itself. */
export const OWNER: Who = { actor: "owner" };
/** What the daemon does by itself. */
export const SYSTEM: Who = { actor: "strongroom" };
/** Whoever has shown no valid credential. */
export const UNKNOWN: Who = { actor: "unknown" };

/** At most so many bytes that it takes in a record. */
export const WHO_BYTES = 1024;
const PATH_CHARACTERS = 200;

/** Whether two are the same in every record. */
export function isSameWho(one: Who, other: Who): boolean {
  return (
    one === other ||
    (one.actor === other.actor &&
      one.client === other.client &&
      one.pid === other.pid &&
      one.uid === other.uid &&
      one.executable === other.executable)
  );
}

const written = new WeakMap<Who, Buffer>();

/** The same as `writeWho`, remembered: one caller makes many records. */
export function writtenWho(who: Who): Buffer {
  let bytes = written.get(who);
  if (bytes === undefined) {
    const writer = new ByteWriter(64);
    writeWho(writer, who);
    bytes = Buffer.from(writer.view());
    written.set(who, bytes);
  }
  return bytes;
}

/** Writes it: actor, client or nothing, and the process where one is known. */
export function writeWho(writer: ByteWriter, who: Who): void {
  writer.text(who.actor);
  writer.text(who.client ?? "");
  writer.byte(who.pid === undefined ? 0 : 1);
  if (who.pid === undefined) return;
  writer.integer(who.pid);
  writer.integer(who.uid ?? 0);
  writer.text((who.executable ?? "").slice(0, PATH_CHARACTERS));
}

/** Reads what `writeWho` wrote. */
export function readWho(reader: ByteReader): Who {
  const actor = reader.text();
  const client = reader.text();
  const who: Who = client === "" ? { actor } : { actor, client };
  if (reader.byte() === 0) return who;
  const process = { pid: reader.integer(), uid: reader.integer() };
  const executable = reader.text();
  return { ...who, ...process, ...(executable === "" ? {} : { executable }) };
}
