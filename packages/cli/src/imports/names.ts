import { checkName } from "@strongroom/client/protocol";

/**
 * What a name of a source is called here: as it is where that may be, else with what may not be in
 * it percent-encoded; undefined when it is too long even so.
 */
export function importName(name: string): string | undefined {
  // Through UTF-8: half of a character is no text.
  const composed = Buffer.from(name).toString().normalize("NFC");
  return [composed, escaped(composed), encodeURIComponent(composed)].find(isFit);
}

/**
 * What it is called below a prefix, which is empty or ends in a slash; undefined when that is too
 * long. Each is encoded by itself: what is below a prefix is called the same, whatever else is there.
 */
export function nameBelow(prefix: string, name: string): string | undefined {
  const place = prefix.slice(0, -1);
  const below = place === "" ? "" : `${importName(place) ?? place}/`;
  const own = importName(name);
  return own === undefined ? undefined : importName(below + own);
}

function isFit(name: string): boolean {
  try {
    checkName(name);
    return true;
  } catch {
    return false;
  }
}

/** What no name may hold, and slashes that have nothing before or behind them. */
const UNFIT = /[*?[\]{}%\p{Cc}\p{Bidi_Control}]|^\/|(?<=\/)\/|\/$/gu;

function escaped(name: string): string {
  return name
    .replaceAll(UNFIT, percent)
    .split("/")
    .map((segment) =>
      segment === "." || segment === ".." ? segment.replaceAll(".", "%2E") : segment,
    )
    .join("/");
}

function percent(letter: string): string {
  return Array.from(Buffer.from(letter), hex).join("");
}

function hex(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
