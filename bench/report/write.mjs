import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { chart } from "./chart.mjs";
import { table } from "./table.mjs";

const FOLDER = fileURLToPath(new URL("../results/", import.meta.url));

/** Prints the table and leaves it, the figures and the chart in `bench/results`. */
export function writeReport(report) {
  const markdown = table(report);
  mkdirSync(FOLDER, { recursive: true });
  const date = new Date().toISOString();
  const files = {
    "latest.json": `${JSON.stringify({ date, ...report }, undefined, 2)}\n`,
    "latest.md": markdown,
    "latest.svg": chart(report),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(FOLDER, name), text);
  process.stdout.write(markdown);
  process.stderr.write(
    `bench: written to ${relative(process.cwd(), FOLDER)}: ${Object.keys(files).join(", ")}\n`,
  );
}
