import type { Metadata } from "@strongroom/client";
import type { AnnotationFields } from "./annotation.ts";

// The same as `strongroom import --from swamp` makes of an annotation, so that a vault that moved
// in shows what it showed.

const URL_LINE = /^https?:\/\/\S+$/u;

/**
 * Metadata that say this annotation: labels as tags `key=value`, or `key` where the value is
 * empty; the URL as first line of the note, the notes below. What swamp has no word for stays as
 * it was. A `TypeError` for what would be read back as something else.
 */
export function annotated(metadata: Metadata, annotation: AnnotationFields): Metadata {
  const { note: _note, tags: _tags, ...rest } = metadata;
  const note = noteOf(annotation);
  const tags = tagsOf(annotation.labels ?? {});
  return { ...rest, ...(note === "" ? {} : { note }), ...(tags.length === 0 ? {} : { tags }) };
}

/** The annotation that metadata say; without fields where they say none. */
export function annotationIn({ note = "", tags = [] }: Metadata): AnnotationFields {
  const labels = labelsOf(tags);
  return { ...splitNote(note), ...(Object.keys(labels).length === 0 ? {} : { labels }) };
}

/** Metadata with these labels beside those that they have; a `TypeError` as with `annotated`. */
export function labelled(metadata: Metadata, labels: Readonly<Record<string, string>>): Metadata {
  const tags = tagsOf({ ...labelsOf(metadata.tags ?? []), ...labels });
  return tags.length === 0 ? metadata : { ...metadata, tags };
}

function noteOf({ url, notes = "" }: AnnotationFields): string {
  if (url !== undefined && url !== "") {
    if (!URL_LINE.test(url)) throw new TypeError("the url must begin with http:// or https://");
    return notes === "" ? url : `${url}\n${notes}`;
  }
  // A first line that looks like the URL gets an empty one before it, which reading takes off.
  const isMistakable = notes.startsWith("\n") || URL_LINE.test(notes.split("\n", 1)[0] ?? "");
  return isMistakable ? `\n${notes}` : notes;
}

function splitNote(note: string): AnnotationFields {
  const end = note.indexOf("\n");
  const first = end === -1 ? note : note.slice(0, end);
  const rest = end === -1 ? "" : note.slice(end + 1);
  if (URL_LINE.test(first)) return { url: first, ...(rest === "" ? {} : { notes: rest }) };
  const notes = end === 0 ? rest : note;
  return notes === "" ? {} : { notes };
}

function tagsOf(labels: Readonly<Record<string, string>>): string[] {
  return Object.entries(labels).map(([key, value]) => {
    if (key === "" || key.includes("=")) {
      throw new TypeError("the key of a label must not be empty or hold =");
    }
    return value === "" ? key : `${key}=${value}`;
  });
}

function labelsOf(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    tags.map((tag): [string, string] => {
      const at = tag.indexOf("=");
      return at === -1 ? [tag, ""] : [tag.slice(0, at), tag.slice(at + 1)];
    }),
  );
}
