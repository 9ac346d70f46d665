/** What git says to a helper: lines of `key=value`, in order; keys that end in `[]` repeat. */
export type Fields = ReadonlyMap<string, string>;

/** Reads a request of git (gitcredentials(7)) up to its first empty line. */
export function readFields(text: string): Fields {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line === "") break;
    const at = line.indexOf("=");
    if (at > 0 && !line.slice(0, at).endsWith("[]"))
      fields.set(line.slice(0, at), line.slice(at + 1));
  }
  return fields;
}

/** A value that would be taken for more than one line is none (CVE-2020-5260). */
export function isOneLine(value: string): boolean {
  return !/[\r\n\0]/u.test(value);
}
