import { delimiter, dirname, join } from "node:path";
import { ensureNode, NODES } from "./nodes.mjs";
import { ROOT, run, seconds } from "./process.mjs";

// `npm run test:nodes -- 22 26 test/daemon`: those Nodes alone, and the rest goes on to vitest.
const args = process.argv.slice(2);
const wanted = args.filter((argument) => /^\d+$/.test(argument));
const rest = args.filter((argument) => !/^\d+$/.test(argument));

const nodes = NODES.filter(
  (version) => wanted.length === 0 || wanted.includes(version.split(".")[0]),
);
if (nodes.length < wanted.length) {
  process.stderr.write(`there is Node ${NODES.join(", ")}, of which a first number names one\n`);
  process.exit(2);
}

const results = [];
for (const version of nodes) {
  const node = await ensureNode(version);
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const start = performance.now();
  process.stdout.write(`\nNode ${version}\n`);
  const { status, text } = await run([node, join(ROOT, "scripts", "test.mjs"), ...rest], {
    env,
    echo: true,
  });
  const [counts = "no counts"] = text.match(/^\d+ passed, \d+ failed$/m) ?? [];
  results.push({ version, status, line: `${counts}, exit status ${status}, ${seconds(start)}` });
}

process.stdout.write("\n");
for (const { version, line } of results) process.stdout.write(`Node ${version}: ${line}\n`);
process.exitCode = results.every(({ status }) => status === 0) ? 0 : 1;
