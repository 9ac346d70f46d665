import { isUtf8 } from "node:buffer";

/** The object of the service itself; every other one lies below it. */
export const ROOT = "/org/freedesktop/secrets";

/** What an object path leads to. Sessions and prompts are kept by their paths. */
export type Place =
  | { readonly kind: "alias"; readonly alias: string }
  | { readonly kind: "collection"; readonly collection: string }
  | { readonly kind: "item"; readonly collection: string; readonly item: string }
  | { readonly kind: "above" | "prompt" | "service" | "session" };

/** What a path is the path of, whether it is there or not; undefined for any other path. */
export function placeOf(path: string): Place | undefined {
  if (path === ROOT) return { kind: "service" };
  if (path === "/" || ROOT.startsWith(`${path}/`)) return { kind: "above" };
  if (!path.startsWith(`${ROOT}/`)) return undefined;
  const [branch, first, second, ...more] = path.slice(ROOT.length + 1).split("/");
  if (first === undefined || more.length > 0) return undefined;
  if (branch === "collection") {
    const collection = unescaped(first);
    const item = second === undefined ? undefined : unescaped(second);
    if (collection === undefined) return undefined;
    if (second === undefined) return { kind: "collection", collection };
    return item === undefined ? undefined : { kind: "item", collection, item };
  }
  if (second !== undefined) return undefined;
  if (branch === "aliases") return { kind: "alias", alias: first };
  if (branch === "prompt" || branch === "session") return { kind: branch };
  return undefined;
}

/** The path of a collection. */
export function collectionPath(collection: string): string {
  return `${ROOT}/collection/${escaped(collection)}`;
}

/** The path of an item. */
export function itemPath(collection: string, item: string): string {
  return `${collectionPath(collection)}/${escaped(item)}`;
}

/** Letters and digits stand for themselves; every other byte is `_` and two hex digits. */
function escaped(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9]/.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
}

/** Undefined where it is not what `escaped` makes: an object has one path. */
function unescaped(element: string): string | undefined {
  const binary = element.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  const bytes = Buffer.from(binary, "latin1");
  if (bytes.length === 0 || !isUtf8(bytes)) return undefined;
  const text = bytes.toString("utf8");
  return escaped(text) === element ? text : undefined;
}
