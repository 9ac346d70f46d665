import { VERSION } from "@strongroom/client/protocol";
import type { Manual } from "./manual.ts";
import { wrap, wrapCommand } from "./wrap.ts";

/** When this version was made; a manual page says so. */
const DATE = "2026-11-27";
const LINE_WIDTH = 72;

/** A manual as a page for man(1), in the macros of man(7). */
export function asRoff(manual: Manual): string {
  const { examples, options, paragraphs, summary, usage, verb } = manual;
  return page(`strongroom-${verb}`, summary, [
    ".SH SYNOPSIS",
    ...usage.flatMap((way) => [bold("strongroom", way), ".br"]).slice(0, -1),
    ".SH DESCRIPTION",
    ...(paragraphs.length === 0 ? [text(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`)] : []),
    ...paragraphs.flatMap((paragraph, at) => [...(at === 0 ? [] : [".PP"]), text(paragraph)]),
    ".SH OPTIONS",
    ...options.flatMap(({ help, option }) => [".TP", `.B "${quoted(option)}"`, text(help)]),
    ".SH EXAMPLES",
    ".nf",
    ...examples.flatMap((each) => wrapCommand(each, LINE_WIDTH, "").map(safe)),
    ".fi",
    ...seeAlso(["strongroom"]),
  ]);
}

/** The page of the whole: every command with its summary, and the exit statuses. */
export function overviewRoff(
  commands: readonly { readonly name: string; readonly summary: string }[],
  statuses: readonly { readonly exit: number; readonly meaning: string }[],
): string {
  return page("strongroom", "secrets that several tools on one machine share", [
    ".SH SYNOPSIS",
    bold("strongroom", "COMMAND ..."),
    ".SH DESCRIPTION",
    text("One daemon owns the encrypted files of a vault; these commands ask it."),
    ".SH COMMANDS",
    ...commands.flatMap(({ name, summary }) => [
      ".TP",
      `.BR strongroom\\-${escaped(name)} (1)`,
      text(summary),
    ]),
    ".SH EXIT STATUS",
    ...statuses.flatMap(({ exit, meaning }) => [".TP", `.B ${exit}`, text(meaning)]),
  ]);
}

function page(name: string, summary: string, lines: readonly string[]): string {
  const head = [
    `.TH ${escaped(name.toUpperCase())} 1 ${DATE} "strongroom ${VERSION}" "strongroom"`,
    ".SH NAME",
    text(`${name} - ${summary}`),
  ];
  return `${[...head, ...lines].join("\n")}\n`;
}

function bold(word: string, rest: string): string {
  return `.B ${word}\n${text(rest)}`;
}

function seeAlso(names: readonly string[]): string[] {
  return [".SH SEE ALSO", ...names.map((name) => `.BR ${escaped(name)} (1)`)];
}

/** Text in lines of a length that other tools can take. */
function text(paragraph: string): string {
  return wrap(paragraph, LINE_WIDTH).map(safe).join("\n");
}

/** A line of text: nothing in it is taken for a request or an escape. */
function safe(line: string): string {
  const written = escaped(line);
  return /^[.']/u.test(written) ? `\\&${written}` : written;
}

function quoted(line: string): string {
  return escaped(line).replaceAll('"', '""');
}

function escaped(line: string): string {
  return line
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("…", "...")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replaceAll("`", "\\(ga")
    .replaceAll("'", "\\(aq");
}
