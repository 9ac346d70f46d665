/** A member of an object: its name, and its value as it is written. */
export interface Member {
  readonly name: string;
  readonly source: string;
}

/**
 * The members of a text that `JSON.parse` takes for an object, in their order, each as often as it
 * is there: what it makes of them has lost digits, and all but the last of a name.
 */
export function membersOf(text: string): Member[] {
  const members: Member[] = [];
  let depth = 0;
  let name: string | undefined;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') {
      const end = endOfString(text, at);
      if (depth === 1) name ??= JSON.parse(text.slice(at, end)) as string;
      at = end - 1;
    } else if (letter === "{" || letter === "[") depth += 1;
    else if (letter === ":" && depth === 1) from = at + 1;
    else if (depth === 1 && name !== undefined && (letter === "," || letter === "}")) {
      members.push({ name, source: text.slice(from, at).trim() });
      name = undefined;
    } else if (letter === "}" || letter === "]") depth -= 1;
  }
  return members;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
