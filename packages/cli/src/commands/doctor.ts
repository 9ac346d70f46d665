import { join } from "node:path";
import { readRecord, RECORD_NAME, resolveHome } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import type { Finding } from "../doctor/finding.ts";
import { CHECKS } from "../doctor/table.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";

const PROBLEMS = 15;

/** `doctor`: looks, changes nothing, and ends with 15 when something is wrong. */
export const doctor: Command = {
  operands: "",
  arity: [0, 0],
  options: {},
  examples: ["strongroom doctor", "strongroom doctor --json"],
  async run({ values }) {
    const home = resolveHome(process.env);
    const record = readRecord(join(home.vault, RECORD_NAME));
    const findings: Finding[] = [];
    for (const check of Object.values(CHECKS)) {
      findings.push(...(await check({ home, env: process.env, record })));
    }
    const problems = findings.filter(({ verdict }) => verdict === "problem").length;
    if (values["json"] === true) writeJson({ problems, findings });
    else writeData(render(findings));
    return problems === 0 ? 0 : PROBLEMS;
  },
};

function render(findings: readonly Finding[]): string {
  return columns(
    findings.map(({ check, verdict, message, mend }) => [
      verdict,
      check,
      escapeLine(message),
      mend === undefined ? "" : `→ ${escapeLine(mend)}`,
    ]),
  );
}
