import childProcess from "node:child_process";
import fs, { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll } from "vitest";
import { BINARY } from "./binary.ts";
import { ROOT } from "./throwaway.ts";

// With STRONGROOM_BINARY every test starts the single file where it would have started Node with
// one of our launchers: in a list of arguments, in a shell's text, and behind a link.

const root = ROOT.replaceAll(/[.+]/gu, String.raw`\$&`);
const PATH = String.raw`(?:${root})?packages/(?:cli|daemon)/bin/[a-z-]+\.js`;
const LAUNCHER = new RegExp(`^${PATH}$`, "u");
const quoted = (text: string): string => `(?:'${text}'|"${text}"|${text})`;
const NODE = process.execPath.replaceAll(/[.+]/gu, String.raw`\$&`);
const IN_TEXT = new RegExp(`${quoted(NODE)} (?:-- )?${quoted(PATH)}`, "gu");

const links = mkdtempSync(join(tmpdir(), "strongroom-names-"));
const NAMES = ["docker-credential-strongroom", "git-credential-strongroom", "strongroomd"];
for (const name of NAMES) symlinkSync(BINARY, join(links, name));
let started = 0;
let left = 0;

afterAll(() => {
  rmSync(links, { recursive: true, force: true });
  console.log(`single file: started ${started} times; Node with our launcher ${left} times`);
  const counts = process.env["STRONGROOM_BINARY_STARTS"];
  if (counts !== undefined) fs.appendFileSync(counts, `${started}\n`);
});

/** The single file by the name of a launcher. */
function named(launcher: string): string {
  const name = basename(launcher, ".js");
  return name === "strongroom" ? BINARY : join(links, name);
}

function instead(words: readonly string[]): string[] {
  const at = words.findIndex((word) => LAUNCHER.test(word));
  if (at === -1) return words.map(inText);
  started += 1;
  const before = words.slice(0, at).filter((word, n) => !(word === "--" && n === at - 1));
  const isNode = ["node", process.execPath].includes(before.at(-1) ?? "");
  if (before.length > 0 && !isNode) {
    started -= 1;
    left += 1;
    return [...words];
  }
  return [...before.slice(0, -1), named(words[at] ?? ""), ...words.slice(at + 1)];
}

function inText(text: string): string {
  return text.replaceAll(IN_TEXT, (whole) => {
    started += 1;
    return `'${named(whole.replace(/['"]$/u, ""))}'`;
  });
}

type Start = (program: string, ...more: unknown[]) => unknown;

function replaced(start: Start): Start {
  return (program, ...more) => {
    const [given] = more;
    const args = Array.isArray(given) ? (given as readonly string[]) : [];
    const [other = program, ...others] = instead([program, ...args]);
    return start(other, others, ...(Array.isArray(given) ? more.slice(1) : more));
  };
}

const starts = childProcess as unknown as Record<string, Start>;
for (const name of ["spawn", "spawnSync", "execFileSync", "execFile"]) {
  const start = starts[name];
  if (start !== undefined) starts[name] = replaced(start);
}
const link = fs.symlinkSync;
fs.symlinkSync = (target, path, type) =>
  link(typeof target === "string" && LAUNCHER.test(target) ? BINARY : target, path, type);
syncBuiltinESMExports();
