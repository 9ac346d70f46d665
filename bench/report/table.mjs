import { show, showValue } from "./numbers.mjs";
import { verdict } from "./verdict.mjs";

const HEAD = [
  "row",
  "floor or peer",
  "its figure",
  "ours",
  "compared",
  "rounds",
  "aim",
  "accepted",
  "ok?",
];

/** The figures as a markdown table, with what one must know to read it. */
export function table({ figures, quick, seconds, loadBefore, loadAfter, machine }) {
  const load = (averages) => averages.map((average) => average.toFixed(2)).join(" ");
  const notes = figures.flatMap(({ what, missing, note, failed }) =>
    [failed, missing, note]
      .filter((text) => typeof text === "string")
      .map((text) => `- ${what}: ${inline(text)}`),
  );
  const lines = [
    `# strongroom beside its floors and peers${quick ? " (quick)" : ""}`,
    "",
    `${machine}; load average ${load(loadBefore)} at the begin, ${load(loadAfter)} at the end; ${seconds.toFixed(0)} s.`,
    "",
    row(HEAD),
    row(HEAD.map((_, index) => (index > 1 && index < 8 ? "---:" : "---"))),
    ...figures.map(line),
    "",
    "`compared` is the median of the rounds, or the worst one where the row is of the longest; in brackets the smallest and the largest. A ratio is ours ÷ the other, a difference ours − the other.",
    ...(quick ? ["", "Quick: fewer and shorter rounds, fewer secrets."] : []),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function line(figure) {
  const { what, beside, floor, ours, unit, aim, accepted, better, rounds } = figure;
  const sign = better === "more" ? "≥" : "≤";
  return row([
    what,
    beside ?? "–",
    floor === undefined ? "–" : show(floor, unit),
    ours === undefined ? "–" : show(ours, unit),
    compared(figure),
    rounds ? String(rounds) : "–",
    aim === undefined ? "–" : `${sign} ${showValue(figure, aim)}`,
    accepted === undefined ? "–" : `${sign} ${showValue(figure, accepted)}`,
    verdict(figure),
  ]);
}

function compared(figure) {
  const { value, spread } = figure;
  if (value === undefined) return "–";
  const [low, high] = spread.map((end) => showValue(figure, end));
  return `${showValue(figure, value)} (${low} … ${high})`;
}

function row(cells) {
  return `| ${cells.map((cell) => inline(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

function inline(text) {
  return text.replaceAll(/\s+/g, " ");
}
