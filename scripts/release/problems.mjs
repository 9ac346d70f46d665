import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGES } from "./pack.mjs";

/** What says the version, and where in it. */
const VERSIONS = [
  ["package.json", /^ {2}"version": "([^"]+)"/mu],
  ...PACKAGES.map(({ folder }) => [`${folder}/package.json`, /^ {2}"version": "([^"]+)"/mu]),
  ["packages/cli/src/quick-get.cts", /^const VERSION = "([^"]+)"/mu],
  ["packages/client/src/protocol/version.ts", /^export const VERSION\b.* = "([^"]+)"/mu],
];
const DATED = ["packages/cli/src/help/roff.ts", /^const DATE = "([^"]+)"/mu];

/** The version of the checkout at `root`. */
export function versionOf(root) {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;
}

/**
 * What keeps the commit that is checked out at `root` from being a release, `{code, says}` each:
 * `DIRTY`, `VERSION`, `TAG`, `CHANGELOG`, `DATE`, `REPOSITORY`.
 */
export function problemsOf(root) {
  const version = versionOf(root);
  const problems = [];
  const problem = (code, says) => problems.push({ code, says });

  if (git(root, "status", "--porcelain") !== "") {
    problem("DIRTY", "there are changes that are in no commit: git status");
  }
  for (const [file, pattern] of VERSIONS) {
    const found = find(root, file, pattern);
    if (found !== version) problem("VERSION", `${file} says ${found}, package.json ${version}`);
  }
  if (!git(root, "tag", "--points-at", "HEAD").split("\n").includes(`v${version}`)) {
    problem("TAG", `this commit has no tag v${version}: git tag -s v${version}`);
  }
  const { date, unreleased } = changes(root, version);
  if (date === undefined) {
    problem(
      "CHANGELOG",
      `CHANGELOG.md has no part "## [${version}] - YYYY-MM-DD" that says something`,
    );
  } else if (find(root, ...DATED) !== date) {
    problem("DATE", `${DATED[0]} says ${find(root, ...DATED)}, CHANGELOG.md ${date}`);
  }
  if (unreleased) problem("CHANGELOG", `something stands under [Unreleased] in CHANGELOG.md`);
  for (const { name, folder } of PACKAGES) {
    const { repository } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    if (repository?.url === undefined || repository.directory !== folder) {
      problem("REPOSITORY", `${name} names no repository, which its provenance is compared with`);
    }
  }
  return problems;
}

/**
 * `IDENTITY` where nothing proves which workflow runs: npm signs where a package comes from with a
 * token that GitHub (`id-token: write`) or GitLab (`SIGSTORE_ID_TOKEN`) gives to a job. Else nothing.
 */
export function identityProblems(env) {
  const github = env.ACTIONS_ID_TOKEN_REQUEST_URL && env.ACTIONS_ID_TOKEN_REQUEST_TOKEN;
  const gitlab = env.GITLAB_CI && env.SIGSTORE_ID_TOKEN;
  if (github || gitlab) return [];
  const says =
    "this is no job with an identity (OIDC), so npm can sign no provenance: publish from the workflow";
  return [{ code: "IDENTITY", says }];
}

/** The date of a version's part of the changelog, if it has one, and whether more is to come. */
function changes(root, version) {
  const parts = readFileSync(join(root, "CHANGELOG.md"), "utf8").split(/^(?=## )/mu);
  const said = (part) => /^- /mu.test(part);
  const own = parts.find((part) => part.startsWith(`## [${version}] - `)) ?? "";
  const [, date] = /^## \[[^\]]+\] - (\d{4}-\d{2}-\d{2})$/mu.exec(own) ?? [];
  const unreleased = parts.some((part) => part.startsWith("## [Unreleased]") && said(part));
  return { date: said(own) ? date : undefined, unreleased };
}

function find(root, file, pattern) {
  return pattern.exec(readFileSync(join(root, file), "utf8"))?.[1];
}

function git(root, ...args) {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}
