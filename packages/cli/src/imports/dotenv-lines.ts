/** A line of a .env file that begins an assignment, or is none; from 1. */
export interface Line {
  readonly number: number;
  /** The variable; undefined = the line is neither one, nor empty, nor a comment. */
  readonly name: string | undefined;
}

const NOTHING = /^\s*(?:#.*)?$/u;
const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:(?=\s|$))\s*(["'`])?/u;

/** The lines of a .env file that are not what the value of one before them goes on with. */
export function* linesOf(text: string): Generator<Line> {
  const whole = text.replaceAll(/\r\n?/gu, "\n");
  // A mark that closes nowhere further down is looked for once.
  const lone = new Set<string>();
  let number = 1;
  for (let at = 0; at < whole.length;) {
    let end = endOfLine(whole, at);
    const line = whole.slice(at, end);
    const [opening, name, quote] = ASSIGNMENT.exec(line) ?? [];
    if (name !== undefined || !NOTHING.test(line)) yield { number, name };
    number += 1;
    if (opening !== undefined && quote !== undefined && !lone.has(quote)) {
      let close = closing(whole, at + opening.length, quote);
      if (close === -1) lone.add(quote);
      // What goes on behind the mark was no quoted value.
      if (!NOTHING.test(whole.slice(close + 1, endOfLine(whole, close + 1)))) close = -1;
      for (; end < close; number += 1) end = endOfLine(whole, end + 1);
    }
    at = end + 1;
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

function closing(text: string, from: number, quote: string): number {
  let at = text.indexOf(quote, from);
  while (at > from && text[at - 1] === "\\") at = text.indexOf(quote, at + 1);
  return at;
}
