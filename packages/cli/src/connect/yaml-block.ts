/** A line of block YAML: how far it is indented, and what stands in it. */
export interface Line {
  readonly indent: number;
  readonly text: string;
}

/** A key of a mapping: what stands behind its colon, its line, and the line behind all below it. */
export interface Entry {
  readonly key: string;
  readonly inline: string;
  readonly first: number;
  readonly end: number;
}

const KEY = /^\s*(?:"([^"]*)"|'([^']*)'|([^\s#"'-][^:#]*?))\s*:(?:\s+(.*))?$/u;

/** The lines of a text. */
export function linesOf(text: string): Line[] {
  return text.split(/\r?\n/u).map((line) => ({ indent: line.search(/\S|$/u), text: line }));
}

/**
 * The keys of the mapping in lines from `first` up to `end`, all indented alike. A list may stand
 * below its key without being indented more.
 */
export function entriesOf(lines: readonly Line[], first: number, end: number): Entry[] {
  const indent = indentAt(lines, first, end);
  const starts: { key: string; inline: string; at: number }[] = [];
  for (let at = first; at < end; at += 1) {
    const line = lines[at];
    if (line === undefined || line.indent !== indent) continue;
    const found = KEY.exec(line.text);
    if (found === null) continue;
    const key = found[1] ?? found[2] ?? found[3] ?? "";
    starts.push({ key, inline: uncommented(found[4] ?? ""), at });
  }
  return starts.map(({ at, inline, key }, index) => ({
    key,
    inline,
    first: at,
    end: trimmed(lines, at + 1, starts[index + 1]?.at ?? end),
  }));
}

/** The entries of a list in lines from `first` up to `end`: where each begins and ends. */
export function itemsOf(
  lines: readonly Line[],
  first: number,
  end: number,
): { readonly first: number; readonly end: number }[] {
  const indent = indentAt(lines, first, end);
  const starts: number[] = [];
  for (let at = first; at < end; at += 1) {
    const line = lines[at];
    if (line?.indent === indent && /^\s*-(?:\s|$)/u.test(line.text)) starts.push(at);
  }
  return starts.map((at, index) => ({
    first: at,
    end: trimmed(lines, at + 1, starts[index + 1] ?? end),
  }));
}

/** A scalar as it stands, without its quotes. */
export function scalarOf(text: string): string {
  return (
    /^"(.*)"$|^'(.*)'$/u
      .exec(text)
      ?.slice(1)
      .find((each) => each !== undefined) ?? text
  );
}

/** How far the first line that says something is indented. */
export function indentAt(lines: readonly Line[], first: number, end: number): number {
  return lines.slice(first, end).find(isSaid)?.indent ?? 0;
}

function uncommented(text: string): string {
  return text.replace(/(?:^|\s)#.*$/u, "").trim();
}

function isSaid({ text }: Line): boolean {
  return !/^\s*(?:#.*)?$/u.test(text);
}

/** Blank lines and comments at an end belong to what comes next. */
function trimmed(lines: readonly Line[], first: number, end: number): number {
  let at = end;
  while (at > first && !isSaid(lines[at - 1] ?? { indent: 0, text: "" })) at -= 1;
  return at;
}
