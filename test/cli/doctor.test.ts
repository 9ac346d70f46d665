import { chmodSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHECKS } from "strongroom/src/doctor/table.ts";
import { expect, it } from "vitest";
import { throwaway } from "../support/connected.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

it("tells nothing that docs/doctor.md does not explain, and looks in the order of its table", async () => {
  const page = readFileSync(join(ROOT, "docs/doctor.md"), "utf8");
  expect(Object.keys(CHECKS)).toEqual(Object.keys(CHECKS).toSorted());
  const folder = join(ROOT, "packages/cli/src/doctor");
  const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const told = sources.flatMap((text) =>
    [...text.matchAll(/\b(?:note|problem)\(\s*"([a-z ]+)"/g)].map(([, name = ""]) => name),
  );
  expect(told.length).toBeGreaterThan(15);
  // The process is looked at, and nothing is known of it.
  const named = [...new Set(told)].filter((name) => name !== "process");
  expect(named.filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
});

async function born(): Promise<Throwaway> {
  const place = throwaway();
  await place.cli(["init"]);
  await place.cli(["daemon", "stop"]);
  return place;
}

/** The problems that are found, with what mends them, and the exit status. */
async function examined(place: Throwaway): Promise<[status: number | null, problems: string[][]]> {
  const { status, stdout } = await place.cli(["doctor", "--json"]);
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly {
      readonly check: string;
      readonly verdict: string;
      readonly message: string;
      readonly mend?: string;
    }[];
  };
  const problems = findings.filter(({ verdict }) => verdict === "problem");
  return [status, problems.map(({ check, message, mend = "" }) => [check, message, mend])];
}

it("finds a key file that is missing beside the vault, and what the daemon says of it", async () => {
  const place = await born();
  const keyfile = join(place.home, "config/keyfile");
  renameSync(keyfile, `${keyfile}.away`);
  const mend = expect.stringMatching(/^put it back from a copy; or,/) as string;
  const missing = ["keyfile", `${keyfile} is missing beside the vault`, mend];
  expect(await examined(place)).toEqual([15, [missing]]);
  expect((await place.cli(["get", "a"])).status).toBe(11);
  expect(await examined(place)).toEqual([
    15,
    [
      missing,
      [
        "state",
        expect.stringMatching(/^failed: .*keyfile/),
        expect.stringContaining("from a copy"),
      ],
    ],
  ]);
});

it.skipIf(process.platform === "win32")("finds what others may look at, and the mend", async () => {
  const place = await born();
  const [keyfile, state] = [join(place.home, "config/keyfile"), join(place.home, "state")];
  chmodSync(keyfile, 0o644);
  chmodSync(state, 0o755);
  const [status, problems] = await examined(place);
  expect(status).toBe(15);
  expect(problems.map(([check, , mend]) => [check, mend])).toEqual(
    expect.arrayContaining([
      ["state", `chmod 700 ${state}`],
      ["keyfile", `chmod 600 ${keyfile}`],
    ]),
  );
});

it.skipIf(process.getuid?.() === 0 || process.platform === "win32")(
  "finds a folder that cannot be made",
  async () => {
    const place = throwaway();
    chmodSync(place.home, 0o500);
    const [status, problems] = await examined(place);
    chmodSync(place.home, 0o700);
    expect(status).toBe(15);
    expect(problems).toContainEqual([
      "vault",
      `${join(place.home, "vault")} cannot be made: ${place.home} takes no files`,
      `ls -ld ${place.home}`,
    ]);
  },
);

it("notes files that are not of a vault, and is content", async () => {
  const place = await born();
  writeFileSync(join(place.home, "vault/stranger"), "");
  expect(await examined(place)).toEqual([0, []]);
  expect((await place.cli(["doctor"])).stdout).toMatch(/^note .*ignored: stranger/m);
});
