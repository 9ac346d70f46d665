const MOST_DEPTH = 64;
/** All that a full vault exports has 1.3 million; JSON of more fills the memory. */
const MOST_PARTS = 1_400_000;
/** A vault has 100 000; each object of another name is one of another kind. */
const MOST_NAMES = 120_000;

/**
 * Which bound JSON of a source exceeds, before it is parsed: its depth, or its number of objects,
 * lists, what is in them, and different names of members; undefined = none. What is no JSON is not
 * told here.
 */
export function exceeds(text: string): "depth" | "size" | undefined {
  let [depth, parts, begun, ended, isText] = [0, 0, 0, 0, false];
  const names = new Set<string>();
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (isText && letter === "\\") at += 1;
    else if (letter === '"') {
      isText = !isText;
      if (isText) begun = at;
      else ended = at;
    } else if (isText) continue;
    else if (letter === "]" || letter === "}") depth -= 1;
    else if (letter === ":") names.add(text.slice(begun, ended));
    else if (letter === "," || letter === "[" || letter === "{") {
      parts += 1;
      if (letter !== ",") depth += 1;
    }
    if (depth > MOST_DEPTH) return "depth";
    if (parts > MOST_PARTS || names.size > MOST_NAMES) return "size";
  }
  return undefined;
}
