import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { pause } from "../support/processes.ts";
import { noTerminal } from "../support/terminal.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

interface Shell {
  readonly name: string;
  readonly start: string;
  readonly load: string;
}

const SHELLS: readonly Shell[] = [
  {
    name: "bash",
    start: "bash --norc --noprofile -i",
    load: "source <(strongroom completion bash)",
  },
  {
    name: "zsh",
    start: "zsh -f -i",
    load: "autoload -U compinit; compinit -u -D; source <(strongroom completion zsh)",
  },
  { name: "fish", start: "fish --no-config -i", load: "strongroom completion fish | source" },
];

function why({ name }: Shell): string {
  if (noTerminal !== "") return noTerminal;
  return spawnSync(name, ["--version"]).status === 0 ? "" : ` (skipped: there is no ${name} here)`;
}

/** A name that runs something where a shell reads it as its own. */
const NASTY = `inj/$(touch pwn)\`touch pwn\`;it's"\\x`;

/** What was run, once all words were completed. */
function logOf({ home }: Throwaway): string {
  return join(home, "ran");
}

async function prepared(): Promise<Throwaway> {
  const place = throwaway();
  for (const name of [
    "github/token",
    "github/other",
    "token:default:me",
    "odd name",
    "my key/aa",
    NASTY,
  ]) {
    await place.cli(["set", name], "v");
  }
  await place.cli(["set", "only/in-work", "--vault", "work"], "v");
  onTestFinished(async () => {
    await place.cli(["daemon", "stop", "--vault", "work"]);
  });
  mkdirSync(join(place.home, "bin"));
  const real = `"${process.execPath}" "${join(ROOT, "packages/cli/bin/strongroom.js")}"`;
  const wrapper = `#!/bin/sh
test "$1" = completion && exec ${real} "$@"
{ printf '<%s>' "$@"; echo; } >> "${logOf(place)}"
`;
  writeFileSync(join(place.home, "bin/strongroom"), wrapper, { mode: 0o755 });
  return place;
}

/** Types into a shell, a line at a time, each once the one before has had its effect. */
async function typed(
  place: Throwaway,
  { load, start }: Shell,
  lines: readonly string[],
): Promise<string> {
  const env = {
    ...place.env,
    PATH: `${join(place.home, "bin")}:${process.env["PATH"]}`,
    TERM: "dumb",
  };
  const child = spawn("script", ["-qec", `stty cols 500 rows 50; exec ${start}`, "/dev/null"], {
    env,
  });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (shown += text));
  const closed = new Promise((resolve) => child.once("close", resolve));
  const limit = setTimeout(() => child.kill("SIGKILL"), 45_000);
  const type = async (text: string, until: string): Promise<void> => {
    const from = shown.length;
    child.stdin.write(text);
    for (let turn = 0; turn < 400 && !shown.slice(from).includes(until); turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };
  await new Promise((resolve) => setTimeout(resolve, 300));
  await type(`${load}; echo lo""aded\n`, "loaded");
  for (const [at, line] of lines.entries()) {
    // The line editor takes what follows once it has completed the word.
    await type(`${line}; echo do""ne-${at}-x\n`, `done-${at}-x`);
  }
  await type("exit\n", "exit");
  child.stdin.end();
  await closed;
  clearTimeout(limit);
  return shown;
}

/**
 * Resolves to what was run when `lines` were typed. They are typed up to three times until that is
 * `wanted`: a loaded machine may take longer over a name than whoever types waits for.
 */
async function ranBy(
  place: Throwaway,
  shell: Shell,
  lines: readonly string[],
  wanted: readonly string[],
): Promise<readonly string[]> {
  for (let turn = 1; ; turn += 1) {
    rmSync(logOf(place), { force: true });
    await typed(place, shell, lines);
    const ran = readFileSync(logOf(place), "utf8").split("\n").slice(0, -1);
    if (turn === 3 || isDeepStrictEqual(ran, wanted)) return ran;
  }
}

for (const shell of SHELLS) {
  test(
    `${shell.name} completes verbs, options, choices and names${why(shell)}`,
    { timeout: 60_000 },
    async () => {
      if (why(shell) !== "") return;
      const place = await prepared();
      const lines = [
        "strongroom statu\t--quie\t",
        "strongroom get github/to\t",
        "strongroom get token:def\t",
        "strongroom get odd\t",
        "strongroom slot li\t",
        "strongroom export --format sh\t",
        String.raw`strongroom get my\ key/a` + "\t",
        'strongroom get "my key/a\t',
        'strongroom get "inj/\t',
        "strongroom get 'inj/\t",
        "strongroom get inj/\t",
        "strongroom get --vault wo\tonl\t",
        "strongroom run --env T=strongroom://github/to\t -- true",
      ];
      const wanted = [
        "<status><--quiet>",
        "<get><github/token>",
        "<get><token:default:me>",
        "<get><odd name>",
        "<slot><list>",
        "<export><--format><shell>",
        "<get><my key/aa>",
        "<get><my key/aa>",
        `<get><${NASTY}>`,
        `<get><${NASTY}>`,
        `<get><${NASTY}>`,
        "<get><--vault><work><only/in-work>",
        "<run><--env><T=strongroom://github/token><--><true>",
      ];
      expect(await ranBy(place, shell, lines, wanted)).toEqual(wanted);
    },
  );
}

const zsh: Shell = {
  name: "zsh",
  start: "zsh -f -i",
  load: `mkdir ~/functions; strongroom completion zsh >~/functions/_strongroom; fpath=(~/functions $fpath); autoload -U compinit; compinit -u -D`,
};
test(
  `zsh completes from the first word on where its own path has the file${why(zsh)}`,
  { timeout: 60_000 },
  async () => {
    if (why(zsh) !== "") return;
    const place = await prepared();
    const wanted = ["<status>", "<get><github/token>"];
    const lines = ["strongroom statu\t", "strongroom get github/to\t"];
    expect(await ranBy(place, zsh, lines, wanted)).toEqual(wanted);
  },
);

test(
  "names are given while the vault is open, and a locked one is silent and stays so",
  { timeout: 60_000 },
  async () => {
    const place = await prepared();
    const words = async (...typedWords: string[]): Promise<string[]> => {
      const ran = await place.cli(["completion", "words", "--", ...typedWords]);
      expect([ran.status, ran.stderr]).toEqual([0, ""]);
      return ran.stdout.split("\n").slice(0, -1);
    };
    expect(await words("get", "git")).toEqual(["github/other", "github/token"]);
    expect(await words("get", "odd")).toEqual(["odd name"]);
    expect(await words("ge")).toEqual(["generate", "get"]);
    expect(await words("get", "--me")).toEqual(["--metadata"]);
    expect(await words("run", "--env", "gi")).toEqual([]);
    expect(await words("run", "--env", "A=str")).toEqual(
      [
        "github/other",
        "github/token",
        "inj/$(touch%20pwn)%60touch%20pwn%60;it's%22%5Cx",
        "my%20key/aa",
        "odd%20name",
        "token:default:me",
      ].map((name) => `A=strongroom://${name}`),
    );
    expect(await words("run", "--env=A=strongroom://github/t")).toEqual([
      "--env=A=strongroom://github/token",
    ]);
    expect(await words("run", "--as-file", "A=gi")).toEqual(["A=github/other", "A=github/token"]);
    expect(await words("get", "--vault", "")).toEqual(["work"]);
    expect(await words("get", "--vault=w")).toEqual(["--vault=work"]);
    expect(await words("get", "--vault", "work", "")).toEqual(["only/in-work"]);
    expect(await words("get", "--vault", "none", "")).toEqual([]);
    expect(await words("get", "--vault", "../x", "")).toEqual([]);
    expect(await words("set", "x", "--from-file", "")).toEqual([":files"]);
    expect(await words("run", "--env", "A=b", "--", "gi")).toEqual([":commands"]);
    expect(await words("run", "--", "git", "")).toEqual([":files"]);
    expect(await words("get", "*")).toEqual([]);
    const { pid = 0 } = place.record() ?? {};
    process.kill(pid, "SIGSTOP");
    const waited = place.cli(["completion", "words", "--", "get", "git"]);
    const which = await Promise.race([waited, pause(4000)]);
    process.kill(pid, "SIGCONT");
    expect(which).toMatchObject({ status: 0, stdout: "", stderr: "" });
    await place.cli(["daemon", "stop"]);
    expect(await words("get", "git")).toEqual([]);
    expect((await place.cli(["status", "--quiet"])).status).toBe(8);
    await place.cli(["daemon", "start"]);
    await place.cli(["lock"]);
    expect(await words("get", "git")).toEqual([]);
    expect((await place.cli(["status", "--quiet"])).status).toBe(7);
  },
);
