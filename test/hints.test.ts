import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "strongroom/src/arguments.ts";
import { COMMANDS, findCommand } from "strongroom/src/table.ts";
import { expect, it } from "vitest";
import { ROOT } from "./support/throwaway.ts";

const PACKAGES = join(ROOT, "packages");
const PARTS =
  "accept|policy|run|start|stop|restart|status|logs|new|confirm|create|list|show|update|rotate|revoke|verify|token|jwks|require|socket|add|remove|adopt|doctor|export-refresh|feed|login|logout|put|register|report|set|bash|fish|zsh|powershell|words|get|unset|install|print|uninstall|process|exec-credential|git|docker|aws|kubectl|claude|codex";
const OPERAND = String.raw`-(?![\w-])|[A-Z]+=[^\s"\`;,|]+|[A-Z]+(?!\w)|'[^']*'|[^\s"\`;,|]*[/.{][^\s"\`;,|]*`;
const OPERANDS = String.raw`(?: (?:${OPERAND}|--?[a-z-]+(?: (?:${OPERAND}|[a-z\d][\w,]*))?))*`;

const SHELLS = String.raw`(?:cat|chmod|chown|cp|df|kubectl config [\w-]+|ls|mkdir|mv|rm)(?: -?[\w+-]+)* `;

/** What our sources say, without their comments. */
function texts(): string[] {
  const files = readdirSync(PACKAGES, { encoding: "utf8", recursive: true }).filter((file) =>
    /^[a-z]+\/src\/.*\.ts$/.test(file),
  );
  return files.map((file) => {
    const lines = readFileSync(join(PACKAGES, file), "utf8").split("\n");
    return lines.filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line)).join("\n");
  });
}

/** Every `strongroom VERB …` in a text of the sources, as far as it is a command and not prose. */
function commands(): string[] {
  const verbs = Object.keys(COMMANDS).join("|");
  const pattern = new RegExp(
    `\\bstrongroom ((?:${verbs})(?![\\w-])(?: (?:${PARTS})\\b)?${OPERANDS})`,
    "g",
  );
  const found = texts().flatMap((said) =>
    [...said.matchAll(pattern)].map(([, command = ""]) => command),
  );
  return [...new Set(found)].toSorted();
}

it.each(commands())(
  "the command line takes what a refusal or help says: strongroom %s",
  async (said) => {
    const [verb = "", ...words] = said
      .replaceAll("N,N", "1,2")
      .replaceAll(/\bN\b/g, "1")
      .split(" ");
    const command = await findCommand(verb);
    parseArguments(verb, words, command);
    for (const [option] of command.operands.matchAll(/--[a-z-]+/g)) expect(words).toContain(option);
  },
);

it("what is put into a command is put there as a shell takes it", () => {
  const pattern = new RegExp(
    `(?:(?<![\\w.])${SHELLS}|strongroom [\\w -]*--identity |\\b(?:[A-Z]+_)+[A-Z]+=)\\$\\{(\\w+\\(?)[^\\n]*`,
    "g",
  );
  const found = texts().flatMap((said) => [...said.matchAll(pattern)]);
  const bare = found
    .filter(([, inside]) => inside !== "shellWord(" && inside !== "uid")
    .map(([command]) => command);
  expect(bare).toEqual([]);
  expect(found.length).toBeGreaterThan(20);
});
