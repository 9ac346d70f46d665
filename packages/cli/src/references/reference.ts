import { StrongroomError } from "@strongroom/client/protocol";

/** What every reference begins with. */
export const SCHEME = "strongroom://";

/** What stands for a value: `strongroom://NAME[#FIELD][?version=N]`. */
export interface Reference {
  readonly name: string;
  /** A member of the JSON object that the value is, or a JSON pointer (RFC 6901) into it. */
  readonly field?: string;
  readonly version?: number;
}

/** Whether a text is a reference, a right one or not. */
export function isReference(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * Reads a reference; `#`, `?`, `%` and spaces within its parts are percent-encoded (RFC 3986). What
 * it cannot honour is `INVALID`, never a guess. `where` says where it stands: nothing of the text
 * itself is said back, for it may be a value that went astray.
 */
export function parseReference(text: string, where: string): Reference {
  if (!isReference(text)) throw wrong(where, `begins with ${SCHEME}`);
  const [, name = "", ...parts] = split(text.slice(SCHEME.length));
  let reference: Reference = { name: decoded(name, where) };
  if (name === "") throw wrong(where, "names a secret");
  for (const part of parts) {
    const rest = part.slice(1);
    if (part.startsWith("#") && reference.field === undefined && rest !== "") {
      reference = { ...reference, field: decoded(rest, where) };
    } else if (part.startsWith("?") && reference.version === undefined) {
      const version = /^version=([1-9]\d{0,14})$/u.exec(rest)?.[1];
      if (version === undefined) throw wrong(where, "has ?version=1, 2, 3, … and nothing else");
      reference = { ...reference, version: Number(version) };
    } else throw wrong(where, "has one #FIELD and one ?version=N at most");
  }
  return reference;
}

/** The text of a reference, that `parseReference` reads as the same. */
export function formatReference({ field, name, version }: Reference): string {
  const fragment = field === undefined ? "" : `#${encodeURI(field).replaceAll(/[#?]/gu, encoded)}`;
  const query = version === undefined ? "" : `?version=${version}`;
  return `${SCHEME}${encodeURI(name).replaceAll(/[#?]/gu, encoded)}${fragment}${query}`;
}

function encoded(letter: string): string {
  return encodeURIComponent(letter);
}

/** The name, then each part with its mark before it. */
function split(text: string): readonly string[] {
  return (
    /^([^#?]*)([#?][^#?]*)?([#?][^#?]*)?(.+)?$/su
      .exec(text)
      ?.filter((part) => part !== undefined) ?? []
  );
}

function decoded(part: string, where: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrong(where, "is percent-encoded UTF-8");
  }
}

function wrong(where: string, rule: string): StrongroomError {
  return new StrongroomError("INVALID", `${where} is no reference: one ${rule}`, {
    hint: "write it as strongroom://NAME, strongroom://NAME#FIELD or strongroom://NAME?version=3",
  });
}
