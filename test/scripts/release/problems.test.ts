import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { ROOT } from "../../support/throwaway.ts";

interface Problem {
  readonly code: string;
  readonly says: string;
}

const SCRIPT = new URL("../../../scripts/release/problems.mjs", import.meta.url).href;
const { identityProblems, problemsOf } = (await import(SCRIPT)) as {
  identityProblems: (env: NodeJS.ProcessEnv) => readonly Problem[];
  problemsOf: (root: string) => readonly Problem[];
};

const MANIFESTS = ["client", "daemon", "cli"].map((name) => `packages/${name}/package.json`);
const VERSION_FILE = "packages/client/src/protocol/version.ts";
const HOT_FILE = "packages/cli/src/quick-get.cts";
const DATE_FILE = "packages/cli/src/help/roff.ts";

let root: string;
/** A checkout that may be released: the files that are looked at, as they are here but for that. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "strongroom-problems-"));
  for (const file of ["package.json", ...MANIFESTS, VERSION_FILE, HOT_FILE, DATE_FILE]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(ROOT, file), join(root, file));
  }
  for (const file of MANIFESTS) {
    change(file, (text) => {
      const repository = {
        type: "git",
        url: "git+https://host.example/x.git",
        directory: dirname(file),
      };
      return JSON.stringify({ ...(JSON.parse(text) as object), repository }, null, 2);
    });
  }
  const date = /const DATE = "([^"]+)"/u.exec(readFileSync(join(root, DATE_FILE), "utf8"))?.[1];
  const version = versionHere();
  write(
    "CHANGELOG.md",
    `# Changelog\n\n## [Unreleased]\n\n## [${version}] - ${date}\n\n### Added\n\n- It.\n`,
  );
  git("init", "--quiet");
  commit();
  git("tag", `v${version}`);
  return () => rmSync(root, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  writeFileSync(join(root, file), text);
}

function change(file: string, how: (text: string) => string): void {
  write(file, how(readFileSync(join(root, file), "utf8")));
}

function versionHere(): string {
  return (JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string })
    .version;
}

function git(...args: readonly string[]): void {
  const who = [
    "-c",
    "user.name=me",
    "-c",
    "user.email=me@host.example",
    "-c",
    "commit.gpgsign=false",
  ];
  execFileSync("git", [...who, ...args], { cwd: root });
}

function commit(): void {
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message", "x");
}

function found(): string[] {
  return problemsOf(root).map(({ code }) => code);
}

it("a commit with its tag, one version and its changes written down may be released", () => {
  expect(problemsOf(root)).toEqual([]);
});

it.each([
  ["DIRTY", () => write("a-new-file", "")],
  ["DIRTY", () => change("CHANGELOG.md", (text) => `${text}- More.\n`)],
] as const)("%s: what is in no commit is in no release", (code, spoil) => {
  spoil();
  expect(found()).toEqual([code]);
});

it.each([...MANIFESTS, VERSION_FILE, HOT_FILE])("VERSION: %s says another one", (file) => {
  change(file, (text) => text.replace(versionHere(), "9.9.9"));
  expect(problemsOf(root)).toContainEqual({
    code: "VERSION",
    says: `${file} says 9.9.9, package.json ${versionHere()}`,
  });
});

it("TAG: a later commit is not what the tag names", () => {
  commit();
  expect(found()).toEqual(["TAG"]);
});

it.each([
  [
    "has no part for it",
    (text: string) => text.replaceAll(/## \[\d.*/gu, "## [0.0.9] - 2020-01-01"),
  ],
  ["says no day", (text: string) => text.replace(/ - \d{4}-.*/u, " - soon")],
  ["says nothing", (text: string) => text.replace("- It.", "")],
  ["has something to come", (text: string) => text.replace("d]\n", "d]\n\n- More.\n")],
] as const)("CHANGELOG: it %s", (_, spoil) => {
  change("CHANGELOG.md", spoil);
  commit();
  expect(found()).toEqual(["TAG", "CHANGELOG"]);
});

it("DATE: the pages for man say another day than the changelog", () => {
  change(DATE_FILE, (text) => text.replace(/const DATE = "[^"]+"/u, 'const DATE = "2020-01-01"'));
  commit();
  expect(found()).toEqual(["TAG", "DATE"]);
});

it("REPOSITORY: a package does not say where its sources are", () => {
  change(MANIFESTS[1] ?? "", (text) => text.replace("repository", "elsewhere"));
  commit();
  expect(problemsOf(root).filter(({ code }) => code === "REPOSITORY")).toEqual([
    { code: "REPOSITORY", says: expect.stringContaining("@strongroom/daemon") },
  ]);
});

it("IDENTITY: only a job that its host vouches for publishes", () => {
  expect(identityProblems({}).map(({ code }) => code)).toEqual(["IDENTITY"]);
  expect(identityProblems({ CI: "true", GITHUB_ACTIONS: "true" })).toHaveLength(1);
  const half = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://host.example" };
  expect(identityProblems(half)).toHaveLength(1);
  expect(identityProblems({ ...half, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x" })).toEqual([]);
  expect(identityProblems({ GITLAB_CI: "true", SIGSTORE_ID_TOKEN: "x" })).toEqual([]);
});
