import { showValue } from "./numbers.mjs";
import { verdict } from "./verdict.mjs";

const ROW = 34;
const LABEL = 500;
const BAR = 380;
const WIDTH = LABEL + BAR + 230;
/** What the bars end at, in accepted figures. */
const MOST = 2;

// With a ground of its own, so that it can be read wherever it is shown.
const STYLE = `
  .ground { fill: #ffffff; }
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .small { font-size: 11px; fill: #57606a; }
  .ok { fill: #2da44e; } .missed { fill: #d1242f; }
  .limit { stroke: #8c959f; stroke-dasharray: 4 3; } .aim { stroke: #0969da; stroke-width: 2; }
  .spread { stroke: #8c959f; stroke-width: 2; }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; } text { fill: #e6edf3; } .small { fill: #9198a1; } .aim { stroke: #4493f8; }
  }`;

/**
 * The figures as a chart: how much of what is accepted each one takes, so that all of them fit
 * one scale and shorter is better. Light or dark as the reader prefers.
 */
export function chart({ figures, quick }) {
  const height = 70 + figures.length * ROW + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="strongroom beside its floors and peers">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text x="12" y="22">strongroom beside its floors and peers${quick ? " (quick)" : ""}</text>`,
    `<text x="12" y="42" class="small">share of what is accepted, shorter is better; dashed: accepted; blue: the aim; grey: smallest and largest round</text>`,
    ...figures.map((figure, index) => bar(figure, 58 + index * ROW)),
    `<line class="limit" x1="${at(1)}" x2="${at(1)}" y1="54" y2="${height - 16}"/>`,
    "</svg>\n",
  ].join("\n");
}

function bar(figure, y) {
  const { value, what, accepted, aim, spread, ok } = figure;
  const middle = y + 15;
  const label = `<text x="12" y="${middle + 4}">${escape(what)}</text>`;
  if (value === undefined) {
    return `${label}\n<text x="${LABEL + 8}" y="${middle + 4}" class="small">${escape(verdict(figure))}</text>`;
  }
  const [low, high] = spread.map((end) => at(burden(figure, end)));
  const end = at(burden(figure, value));
  const target = at(burden(figure, aim));
  const said = `${showValue(figure, value)}, accepted ${showValue(figure, accepted)}`;
  return [
    label,
    `<rect class="${ok ? "ok" : "missed"}" x="${LABEL}" y="${y + 5}" width="${(end - LABEL).toFixed(1)}" height="18" rx="3"/>`,
    `<line class="spread" x1="${low}" x2="${high}" y1="${middle - 1}" y2="${middle - 1}"/>`,
    `<line class="aim" x1="${target}" x2="${target}" y1="${y + 3}" y2="${y + 25}"/>`,
    `<text x="${LABEL + BAR + 12}" y="${middle + 4}" class="small">${escape(said)}</text>`,
  ].join("\n");
}

/** 1 is what is just accepted, less is better. */
function burden({ better, accepted }, value) {
  return better === "more" ? accepted / value : value / accepted;
}

function at(share) {
  const shown = Math.min(MOST, Math.max(0, share));
  return Number((LABEL + (shown / MOST) * BAR).toFixed(1));
}

function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
