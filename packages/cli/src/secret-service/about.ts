import type { Metadata } from "@strongroom/client/protocol";

/** What the service knows of an item or a collection; it stands in the note of its secret. */
export interface About {
  readonly label: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Seconds since 1970. */
  readonly created: number;
  /** Other names of a collection. */
  readonly aliases: readonly string[];
  /** The bus that an item of the session ends with. */
  readonly bus?: string;
}

/**
 * Reads a note. One that somebody wrote by hand, or none, is no error: the secret is an item all
 * the same, with nothing but what `usual` says.
 */
export function readAbout(note: string | undefined, usual: About): About {
  const found = parsed(note);
  const { aliases, attributes, bus, created, label } = found;
  return {
    label: isText(label) ? label : usual.label,
    attributes: new Map(
      Object.entries(isRecord(attributes) ? attributes : {}).filter(
        (pair): pair is [string, string] => pair.every(isText),
      ),
    ),
    created:
      Number.isSafeInteger(created) && Number(created) >= 0 ? Number(created) : usual.created,
    aliases: Array.isArray(aliases) ? aliases.filter(isText) : [],
    ...(typeof bus === "string" ? { bus } : {}),
  };
}

/** Metadata that says this of a secret, beside the tags and the like that it has. */
export function writeAbout(about: About, before: Metadata = {}, contentType?: string): Metadata {
  const { aliases, attributes, bus, created, label } = about;
  const note = JSON.stringify({
    label,
    ...(attributes.size === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    created,
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(bus === undefined ? {} : { bus }),
  });
  return { ...before, note, ...(contentType === undefined ? {} : { contentType }) };
}

function parsed(note: string | undefined): { readonly [key: string]: unknown } {
  try {
    const found: unknown = JSON.parse(note ?? "");
    return isRecord(found) ? found : {};
  } catch {
    return {};
  }
}

/** NUL ends a text on the bus; a note that somebody wrote may hold it. */
function isText(value: unknown): value is string {
  return typeof value === "string" && !value.includes("\0");
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
