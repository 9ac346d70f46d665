import { show, showValue } from "./numbers.mjs";

const HEAD = [
  "row",
  "floor or peer",
  "its figure",
  "ours",
  "compared",
  "rounds",
  "aim",
  "accepted",
  "",
];

/** The figures as a markdown table, with what one must know to read it. */
export function table({ figures, quick, seconds, loadBefore, loadAfter, machine }) {
  const load = (averages) => averages.map((average) => average.toFixed(2)).join(" ");
  const lines = [
    `# strongroom beside its floors and peers${quick ? " (quick)" : ""}`,
    "",
    `${machine}; load average ${load(loadBefore)} at the begin, ${load(loadAfter)} at the end; ${seconds.toFixed(0)} s.`,
    "",
    row(HEAD),
    row(HEAD.map((_, index) => (index > 1 && index < 8 ? "---:" : "---"))),
    ...figures.map(line),
    "",
    `\`compared\` is the median of the rounds, the smallest and largest in brackets; a ratio is ours ÷ the other, a difference ours − the other.${quick ? " Measured quickly, with fewer rounds and smaller sizes." : ""}`,
  ];
  const notes = figures.flatMap(({ what, missing, note }) =>
    [missing, note].filter((text) => text !== undefined).map((text) => `- ${what}: ${text}`),
  );
  if (notes.length > 0) lines.push("", ...notes);
  return `${lines.join("\n")}\n`;
}

function line(figure) {
  const { what, beside = "–", floor, ours, unit, spread, aim, accepted, better, rounds } = figure;
  const sign = better === "more" ? "≥" : "≤";
  return row([
    what,
    beside,
    floor === undefined ? "–" : show(floor, unit),
    ours === undefined ? "–" : show(ours, unit),
    spread === undefined
      ? "–"
      : `${showValue(figure, figure.value)} (${spread.map((value) => showValue(figure, value)).join(" … ")})`,
    String(rounds),
    `${sign} ${showValue(figure, aim)}`,
    `${sign} ${showValue(figure, accepted)}`,
    verdict(figure),
  ]);
}

function verdict({ ok, aimed }) {
  if (ok === undefined) return "not compared";
  if (!ok) return "MISSED";
  return aimed ? "ok, aim reached" : "ok";
}

function row(cells) {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
