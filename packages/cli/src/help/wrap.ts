/** The width that help keeps to. */
export const WIDTH = 80;

/** Words in lines of at most so many characters, each behind the indent; a longer word stands alone. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line];
}

/** A command of a shell in lines of at most so many characters, which the shell reads as one. */
export function wrapCommand(command: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of shellWords(command)) {
    const longer = line.trim() === "" ? line + word : `${line} ${word}`;
    if (line.trim() !== "" && longer.length > width - 2) {
      lines.push(`${line} \\`);
      line = `${indent}    ${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** Split at the spaces that lie in no quotes; an option keeps its value. */
function shellWords(command: string): string[] {
  const word = String.raw`(?:[^ '"]|'[^']*'|"[^"]*")+`;
  return command.match(new RegExp(`--[a-z][a-z-]* (?!-)${word}|${word}`, "gu")) ?? [];
}
