import type { Manual } from "./manual.ts";
import { WIDTH, wrap, wrapCommand } from "./wrap.ts";

const GAP = 2;
const LEAST_HELP = 30;

/** A manual for a terminal, 80 columns wide. */
export function asText({ examples, options, paragraphs, summary, usage }: Manual): string {
  const sections = [
    [...usageLines(usage), ...wrap(summary, WIDTH)],
    optionLines(options),
    ...paragraphs.map((paragraph) => wrap(paragraph, WIDTH)),
    ["examples:", ...examples.flatMap((example) => wrapCommand(example, WIDTH, "  "))],
  ];
  return sections.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function usageLines(usage: readonly string[]): string[] {
  const [first = "", ...more] = usage;
  const verb = `${first.split(" ")[0]} `;
  const short = [first, ...more.map((way) => way.slice(verb.length))].join(" | ");
  if (`usage: strongroom ${short}`.length <= WIDTH) return [`usage: strongroom ${short}`];
  return usage.flatMap((way, at) => {
    const [line = "", ...rest] = wrap(`strongroom ${way}`, WIDTH - 11);
    return [
      `${at === 0 ? "usage: " : "       "}${line}`,
      ...rest.map((each) => `${" ".repeat(11)}${each}`),
    ];
  });
}

function optionLines(options: Manual["options"]): string[] {
  const widest = Math.max(...options.map(({ option }) => option.length));
  const column = Math.min(GAP + widest + GAP, WIDTH - LEAST_HELP);
  return options.flatMap(({ help, option }) => {
    const [first = "", ...rest] = wrap(help, WIDTH - column);
    const indent = " ".repeat(column);
    const fits = GAP + option.length + GAP <= column;
    const head = fits ? [`  ${option}`.padEnd(column) + first] : [`  ${option}`, indent + first];
    return [...head, ...rest.map((line) => indent + line)];
  });
}
