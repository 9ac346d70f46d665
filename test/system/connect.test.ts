import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { connected } from "../support/connected.ts";
import { missing, workbench } from "../support/connected-tools.ts";
import type { Workbench } from "../support/connected-tools.ts";
import { atTerminal, noTerminal } from "../support/terminal.ts";

interface Case {
  readonly tool: string;
  readonly operands: readonly string[];
  /** Where its file is below HOME, and by which variable it is elsewhere. */
  readonly file: string;
  readonly variable: readonly [name: string, below: string];
  readonly before: string;
  /** What stands there afterwards, where BIN is the folder of our programs. */
  readonly added: string;
  readonly whyNot: string;
}

const CASES: readonly Case[] = [
  {
    tool: "git",
    operands: ["https://git.example"],
    file: ".gitconfig",
    variable: ["GIT_CONFIG_GLOBAL", "elsewhere"],
    before: "[user]\n\tname = me ; of course\n# the rest\n[core]\n\teditor = vi\n",
    added: '[credential "https://git.example"]\n\thelper = strongroom\n',
    whyNot: missing("git", "--version"),
  },
  {
    tool: "docker",
    operands: ["registry.example:5000"],
    file: ".docker/config.json",
    variable: ["DOCKER_CONFIG", ""],
    before: '{\n\t"auths": {\n\t\t"other": {\n\t\t\t"auth": "c2VjcmV0"\n\t\t}\n\t}\n}',
    added: '\t"credHelpers": {\n\t\t"registry.example:5000": "strongroom"\n\t},\n',
    whyNot: "",
  },
  {
    tool: "aws",
    operands: ["dev"],
    file: ".aws/config",
    variable: ["AWS_CONFIG_FILE", "elsewhere"],
    before:
      "# mine\n[default]\nregion = x\n\n[profile dev]\n; his\nregion = y\n[profile z]\nregion=q",
    added: "credential_process = BIN/strongroom aws process dev\n",
    whyNot: "",
  },
  {
    tool: "kubectl",
    operands: ["dev", "k8s/dev"],
    file: ".kube/config",
    variable: ["KUBECONFIG", "elsewhere"],
    before:
      "apiVersion: v1\nkind: Config # mine\nusers:\n- name: other\n  user:\n    token: c2VjcmV0\nclusters: []\n",
    added:
      "- name: dev\n  user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      args:\n      - kube\n      - exec-credential\n      - k8s/dev\n      command: BIN/strongroom\n      env: null\n      interactiveMode: Never\n      provideClusterInfo: false\n",
    whyNot: missing("kubectl", "version", "--client"),
  },
  {
    tool: "claude",
    operands: ["anthropic/key"],
    file: ".claude/settings.json",
    variable: ["CLAUDE_CONFIG_DIR", ""],
    before: '{\n  "model": "opus",\n  "env": { "X": "c2VjcmV0" }\n}\n',
    added: '  "apiKeyHelper": "BIN/strongroom get anthropic/key",\n',
    whyNot: "",
  },
  {
    tool: "codex",
    operands: ["proxy", "anthropic/key"],
    file: ".codex/config.toml",
    variable: ["CODEX_HOME", ""],
    before:
      'model_provider = "proxy" # mine\n\n[model_providers.proxy]\nname = "proxy"\nbase_url = "https://proxy.example/v1"\n\n# screens\n[tui]\nx = 1\n',
    added:
      '[model_providers.proxy.auth]\ncommand = "BIN/strongroom"\nargs = ["get", "anthropic/key"]\n\n',
    whyNot: "",
  },
];

async function stocked(): Promise<Workbench> {
  const bench = await workbench();
  const client = await connected(bench.place);
  for (const name of ["k8s/dev", "anthropic/key", "aws/dev"])
    await client.set(name, "sup3r-s3cret");
  return bench;
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** What is remembered of connections, of one tool or all. */
function kept(home: string, tool?: string): object[] {
  const folder = join(home, "config/connections");
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const all = files.map((each) => JSON.parse(readFileSync(join(folder, each), "utf8")) as object);
  return all.filter((each) => tool === undefined || (each as { tool: string }).tool === tool);
}

test(
  `each tool is connected once, and has each byte again that it had${CASES.map(({ whyNot }) => whyNot).join("")}`,
  { timeout: 90_000 },
  async () => {
    const bench = await stocked();
    const known = CASES.filter(({ whyNot }) => whyNot === "");
    await Promise.all(known.map((each) => thereAndBack(bench, each)));
    expect(kept(bench.place.home)).toEqual([]);
  },
);

async function thereAndBack(
  { bin, place, run }: Workbench,
  { added, before, file, operands, tool, variable: [variable, below] }: Case,
): Promise<void> {
  const path = join(place.home, file);
  put(path, before);
  chmodSync(path, 0o640);
  const connect = (args: readonly string[], more = {}): ReturnType<typeof run> =>
    run("setsid", ["-w", join(bin, "strongroom"), "connect", tool, ...args], "", more);
  const isFirst = tool === CASES[0]?.tool;
  const dry = await connect([...operands, "--dry-run"]);
  expect([dry.status, readFileSync(path, "utf8")]).toEqual([0, before]);
  const lines = added.replaceAll("BIN", bin);
  const shown = dry.stdout.split("\n").filter((line) => /^\+(?!\+)/u.test(line));
  expect(shown.map((line) => `${line.slice(1)}\n`).toSorted()).toEqual(
    (lines.match(/.*\n/gu) ?? []).toSorted(),
  );
  expect(dry.stdout).not.toContain("c2VjcmV0");
  const unasked = await connect(operands);
  expect([unasked.status, readFileSync(path, "utf8")]).toEqual([9, before]);
  expect(unasked.stderr).toContain(`strongroom connect ${tool} ${operands.join(" ")} --yes`);
  expect(kept(place.home, tool)).toEqual([]);
  const done = await connect([...operands, "--yes"]);
  expect([done.status, done.stdout]).toEqual([0, dry.stdout]);
  const after = readFileSync(path, "utf8");
  expect(after.replace(lines, "")).toBe(before);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  const again = await connect([...operands, "--yes", "--json"]);
  expect(JSON.parse(again.stdout)).toMatchObject({ tool, file: path, diff: "", changed: false });
  expect([readFileSync(path, "utf8"), kept(place.home, tool).length]).toEqual([after, 1]);
  if (isFirst) expect((await connect(["--undo"])).status).toBe(9);
  expect((await connect(["--undo", "--yes"])).status).toBe(0);
  expect([readFileSync(path, "utf8"), kept(place.home, tool)]).toEqual([before, []]);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  if (isFirst) expect((await connect(["--undo", "--yes"])).status).toBe(6);
  // Elsewhere, where there is nothing yet; codex has to be told first what its provider is.
  const folder = join(place.home, `new ${tool}`);
  const elsewhere = join(folder, below === "" ? (file.split("/").at(-1) ?? "") : below);
  if (tool === "codex") put(elsewhere, '[model_providers.proxy]\nname = "proxy"\n');
  const more = { [variable]: below === "" ? folder : elsewhere };
  const made = await connect([...operands, "--yes"], more);
  expect([made.status, readFileSync(elsewhere, "utf8")]).toEqual([
    0,
    expect.stringContaining(lines.trim().split("\n").at(-1)?.trim().replace(/,$/u, "") ?? ""),
  ]);
  if (tool !== "codex") expect(statSync(elsewhere).mode & 0o777).toBe(0o600);
  expect((await connect(["--undo", "--yes"], more)).status).toBe(0);
  expect(existsSync(folder)).toBe(tool === "codex");
  expect(readFileSync(path, "utf8")).toBe(before);
}

test(
  "nothing is connected that would not work, or in a file that is none of ours",
  { timeout: 60_000 },
  async () => {
    const { place, run } = await stocked();
    const connect = async (...args: string[]): Promise<[number | null, string]> => {
      const { status, stderr } = await run("strongroom", ["connect", ...args, "--yes"]);
      return [status, stderr];
    };
    const refusals: readonly (readonly [status: number, ...args: string[]])[] = [
      [6, "claude", "missing/key"],
      [6, "aws", "missing"],
      [2, "emacs"],
      [2, "git", "ssh://x"],
      [2, "claude", "a b"],
      [2, "git", "--force"],
      [18, "docker", "--vault", "work"],
      [6, "codex", "proxy", "anthropic/key"],
    ];
    await Promise.all(
      refusals.map(async ([expected, ...args]) =>
        expect([args, (await connect(...args))[0]]).toEqual([args, expected]),
      ),
    );
    const codex = join(place.home, ".codex/config.toml");
    put(codex, '[model_providers.proxy]\nname = "p"\nenv_key = "KEY"\n');
    const [status, said] = await connect("codex", "proxy", "anthropic/key");
    expect([status, said]).toEqual([5, expect.stringContaining("env_key")]);
    put(join(place.home, ".claude/settings.json"), "{ no json");
    expect((await connect("claude", "anthropic/key"))[0]).toBe(2);
    mkdirSync(join(place.home, ".aws"));
    symlinkSync("/dev/null", join(place.home, ".aws/config"));
    expect((await connect("aws", "dev"))[0]).toBe(4);
    put(join(place.home, ".docker/config.json"), "{}");
    const bare = { PATH: "/usr/bin:/bin" };
    const cli = join(place.home, "bin/strongroom");
    const { status: unfound } = await run(process.execPath, [cli, "connect", "docker"], "", bare);
    expect([unfound, readFileSync(join(place.home, ".docker/config.json"), "utf8")]).toEqual([
      6,
      "{}",
    ]);
    expect(kept(place.home)).toEqual([]);
  },
);

test(
  `whoever is at a terminal is shown the difference, and asked${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const { place } = await stocked();
    const file = join(place.home, ".claude/settings.json");
    const question = "Type yes to go on: ";
    const no = await atTerminal(place, "connect claude anthropic/key", [
      { shown: question, typed: "no\n" },
    ]);
    expect([no.status, existsSync(file)]).toEqual([3, false]);
    expect(no.shown).toContain('+  "apiKeyHelper"');
    const yes = await atTerminal(place, "connect claude anthropic/key", [
      { shown: question, typed: "yes\n" },
    ]);
    expect([yes.status, existsSync(file)]).toEqual([0, true]);
    expect(yes.shown).not.toContain("sup3r-s3cret");
  },
);

test.skipIf(process.platform === "win32")(
  "no file that is a pipe is waited for",
  { timeout: 60_000 },
  async () => {
    const { place, run } = await stocked();
    const pipe = join(place.home, "pipe");
    expect((await run("mkfifo", [pipe])).status).toBe(0);
    const connect = (args: readonly string[], env: NodeJS.ProcessEnv): ReturnType<typeof run> =>
      run("timeout", ["20", "strongroom", "connect", ...args, "--dry-run"], "", env);
    const [kubectl, aws] = await Promise.all([
      connect(["kubectl", "dev", "k8s/dev"], { KUBECONFIG: pipe }),
      connect(["aws", "dev"], { AWS_SHARED_CREDENTIALS_FILE: pipe }),
    ]);
    // Where there is no kubectl that is said first.
    expect([4, 6]).toContain(kubectl.status);
    expect([aws.status, aws.stdout]).toEqual([0, expect.stringContaining("aws process dev")]);
  },
);
