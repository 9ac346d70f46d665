import { join } from "node:path";
import { readRecord, RECORD_NAME, resolveHome } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import type { Finding } from "../doctor/finding.ts";
import { CHECKS } from "../doctor/table.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { amended, writeData, writeJson, writeNote } from "../output.ts";

const PROBLEMS = 15;

/** `doctor`: looks, and ends with 15 when something is wrong; mends only when told to. */
export const doctor: Command = {
  operands: "",
  arity: [0, 0],
  options: { fix: { type: "boolean", help: "mend what can be mended without harm" } },
  examples: ["strongroom doctor", "strongroom doctor --json", "strongroom doctor --fix"],
  notes: [
    "--fix takes away what others may do with your folders and key file, and removes files of killed",
    "runs. What needs a decision it leaves: the command that mends it stands behind each finding.",
  ],
  async run({ values }) {
    const found = await look();
    const mended = values["fix"] === true ? mendAll(found) : [];
    const findings = mended.length === 0 ? found : await look();
    const said = findings.map((each) => withOwnMend(each));
    const problems = findings.filter(({ verdict }) => verdict === "problem").length;
    if (values["json"] === true) writeJson({ problems, findings: said, mended });
    else {
      for (const message of mended) writeNote(`strongroom: mended: ${escapeLine(message)}`);
      writeData(render(said));
    }
    return problems === 0 ? 0 : PROBLEMS;
  },
};

async function look(): Promise<Finding[]> {
  const home = resolveHome(process.env);
  const record = readRecord(join(home.vault, RECORD_NAME));
  const findings: Finding[] = [];
  for (const check of Object.values(CHECKS)) {
    findings.push(...(await check({ home, env: process.env, record })));
  }
  return findings;
}

function withOwnMend(finding: Finding): Finding {
  return finding.mend === undefined ? finding : { ...finding, mend: amended(finding.mend) };
}

/** What was wrong and is not any more. */
function mendAll(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ fix, message }) => {
    if (fix === undefined) return [];
    fix();
    return [message];
  });
}

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
