import { isUtf8 } from "node:buffer";
import { StrongroomError } from "@strongroom/client/protocol";

const NAMES = ["base64", "json", "shellquote", "urlencode"] as const;

/** What can be done to a value before it is put in. */
export type Filter = (typeof NAMES)[number];

const FILTERS: { readonly [F in Filter]: (value: Buffer) => string } = {
  base64: (value) => value.toString("base64"),
  json: (value) => JSON.stringify(value.toString()),
  shellquote: (value) => `'${value.toString().replaceAll("'", String.raw`'\''`)}'`,
  urlencode: (value) => encodeURIComponent(value.toString()).replaceAll(/[!'()*]/gu, percent),
};

/** Whether there is such a filter. */
export function isFilter(name: string): name is Filter {
  return Object.hasOwn(FILTERS, name);
}

/** A value behind its filters; `INVALID` when it is no text and has to be. */
export function filtered(value: Buffer, filters: readonly Filter[], where: string): Buffer {
  let result = value;
  for (const filter of filters) {
    const isText = isUtf8(result) && !(filter === "shellquote" && result.includes(0));
    if (filter !== "base64" && !isText) {
      throw new StrongroomError("INVALID", `${where}: the value is no text for ${filter}`, {
        hint: "put base64 before it: {{ strongroom://NAME | base64 }}",
      });
    }
    result = Buffer.from(FILTERS[filter](result));
  }
  return result;
}

// RFC 3986 reserves them; JavaScript leaves them as they are.
function percent(letter: string): string {
  return `%${letter.charCodeAt(0).toString(16).toUpperCase()}`;
}
