import { corrupt, readSource } from "../imports/source-file.ts";

/** mcporter's file, to be written again: what is no text in UTF-8 is `CORRUPT`, for it would be written as something else. */
export function readText(file: string): string {
  const bytes = readSource(file);
  const text = bytes.toString();
  if (!Buffer.from(text).equals(bytes)) throw corrupt(file, "it is no text in UTF-8");
  return text;
}
