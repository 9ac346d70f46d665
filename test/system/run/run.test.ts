import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { credential } from "../../support/oauth/credential.ts";
import { CLI, until } from "../../support/processes.ts";
import type { Throwaway } from "../../support/throwaway.ts";

const REF = "strongroom://t/value";

async function withValue(): Promise<Throwaway> {
  const place = throwaway();
  await place.cli(["set", "t/value"], "sup3r-s3cret");
  await place.cli(
    ["set", "t/json"],
    '{"user":"me","n":5,"deep":{"key":"deep-value"},"a/b":[1,"x"]}',
  );
  return place;
}

const echo = (...names: string[]): string[] => [
  "--mask",
  "never",
  "--",
  "sh",
  "-c",
  `printf '%s|' ${names.map((name) => `"$${name}"`).join(" ")}`,
];

test("references become values for the program alone", { timeout: 60_000 }, async () => {
  const place = await withValue();
  await place.cli(["set", "t/value"], "second-value");
  const given = ["--env", `A=${REF}`, "--env", "B=t/json#user", "--env", `C=${REF}?version=1`];
  const fields = [
    "--env",
    "D=strongroom://t/json#/deep/key",
    "--env",
    "E=t/json#/a~1b/1",
    "--env",
    "F=t/json#n",
  ];
  const ran = await place.cli(["run", ...given, ...fields, ...echo("A", "B", "C", "D", "E", "F")]);
  expect([ran.stderr, ran.stdout]).toEqual(["", "second-value|me|sup3r-s3cret|deep-value|x|5|"]);
  const ambient = await place.run("env", [
    `X=${REF}`,
    "Y=plain",
    process.execPath,
    CLI,
    "run",
    ...echo("X", "Y", "PATH"),
  ]);
  expect(ambient.stdout).toBe(`second-value|plain|${process.env["PATH"]}|`);
  const clean = await place.run("env", [
    "Y=plain",
    process.execPath,
    CLI,
    "run",
    "--clean-env",
    ...echo("Y", "HOME"),
  ]);
  expect(clean.stdout).toBe(`|${place.home}|`);
});

test("a prefix makes a variable of each secret below it", { timeout: 60_000 }, async () => {
  const place = await withValue();
  await place.cli(["set", "db/prod/db-url"], "postgres://x");
  await place.cli(["set", "db/prod/2fa/key"], "otp");
  const ran = await place.cli(["run", "--prefix", "db/prod", ...echo("DB_URL", "_2FA_KEY")]);
  expect(ran.stdout).toBe("postgres://x|otp|");
  await place.cli(["set", "db/prod/DB_URL"], "other");
  const twice = await place.cli(["run", "--prefix", "db/prod", "--", "true"]);
  expect([twice.status, twice.stderr]).toEqual([
    125,
    expect.stringContaining("makes DB_URL of both"),
  ]);
  expect((await place.cli(["run", "--prefix", "none", "--", "true"])).status).toBe(125);
});

test(
  "a prefix makes no variable that decides what programs do, unless it is named",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    await place.cli(["set", "db/prod/url"], "postgres://x");
    await place.cli(["set", "db/prod/node-options"], "--no-warnings");
    const refused = await place.cli(["run", "--prefix", "db/prod", "--", "true"]);
    expect([refused.status, refused.stderr]).toEqual([
      4,
      expect.stringContaining("NODE_OPTIONS of db/prod/node-options, which decides"),
    ]);
    const meant = ["--env", "NODE_OPTIONS=strongroom://db/prod/node-options"];
    const given = ["run", "--prefix", "db/prod", ...meant, ...echo("URL", "NODE_OPTIONS")];
    expect((await place.cli(given)).stdout).toBe("postgres://x|--no-warnings|");
    const exported = await place.cli(["export", "--format", "shell", "--prefix", "db/prod"]);
    expect([exported.status, exported.stdout]).toEqual([4, ""]);
  },
);

test(
  "what is missing, not allowed or no reference stops before the program starts",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const mark = join(place.home, "started");
    const touch = ["--", "touch", mark];
    const refused: readonly (readonly [string[], number])[] = [
      [["--env", "A=none"], 125],
      [["--env", "A=strongroom://t/json#none"], 125],
      [["--env", `A=${REF}#field`], 125],
      [["--env", `A=${REF}?version=9`], 125],
      [["--env", `A=${REF}`, "--allow", "other/**"], 4],
      [["--env", "A=strongroom://t/value?v=1"], 2],
      [["--env", "1A=t/value"], 2],
      [["--mask", "some"], 2],
      [["--nope"], 2],
      [["--env-file", join(place.home, "none.env")], 125],
      [["--env-file", "/dev/null"], 125],
      [["--env-file", place.home], 125],
    ];
    for (const [options, status] of refused) {
      const ran = await place.cli(["run", ...options, ...touch]);
      expect([options, ran.status]).toEqual([options, status]);
      expect(ran.stderr).toMatch(/^strongroom: .+\n {2}code: .+\n {2}next: .+\n$/u);
      expect(ran.stderr).not.toContain("sup3r");
    }
    expect(existsSync(mark)).toBe(false);
    const allowed = await place.cli(["run", "--env", `A=${REF}`, "--allow", "t/*", ...touch]);
    expect([allowed.status, existsSync(mark)]).toEqual([0, true]);
  },
);

test(
  "the status of the program is ours; failures of our own are told apart",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const status = async (...argv: string[]): Promise<number | null> =>
      (await place.cli(["run", "--", ...argv])).status;
    expect(await status("sh", "-c", "exit 7")).toBe(7);
    expect(await status("no-such-program")).toBe(127);
    expect(await status("")).toBe(127);
    expect(await status("/etc/passwd")).toBe(126);
    expect(await status("sh", "-c", "kill -9 $$")).toBe(137);
    expect(await status("sh", "-c", "kill -TERM $$")).toBe(143);
    await place.cli(["set", "large"], "x".repeat(300_000));
    const large = await place.cli(["run", "--env", "A=large", "--", "true"]);
    expect([large.status, large.stderr]).toEqual([125, expect.stringContaining("--as-file")]);
    expect(
      (await place.cli(["run", "--as-file", "A=large", "--", "sh", "-c", 'test -s "$A"'])).status,
    ).toBe(0);
    const json = await place.cli(["run", "--json", "--env", "A=none", "--", "true", "--json"]);
    expect(JSON.parse(json.stderr)).toMatchObject({ schema: 1, error: { code: "NOT_FOUND" } });
  },
);

test("a signal reaches the program, which may end as it likes", { timeout: 60_000 }, async () => {
  const place = await withValue();
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR2"] as const) {
    const trap = `trap 'echo got; exit 42' ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`;
    const child = spawn(process.execPath, [CLI, "run", "--", "sh", "-c", trap], {
      env: place.env,
      stdio: "pipe",
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise((resolve) => child.once("close", resolve));
    await until("the program", () => out.includes("ready"));
    child.kill(signal);
    expect([signal, await ended, out]).toEqual([signal, 42, "ready\ngot\n"]);
  }
});

test(
  "a value in a file is 0600 and gone afterwards, also when the run was killed",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const show = 'stat -c "%a %s" "$F"; cat "$F"; stat -c %a "$(dirname "$F")"; sleep "$T"';
    const argv = (time: string): string[] => [
      "run",
      "--mask",
      "never",
      "--as-file",
      `F=${REF}`,
      "--",
      "env",
      `T=${time}`,
      "sh",
      "-c",
      show,
    ];
    const runs = (): string[] =>
      readdirSync(join(place.home, "run")).filter((name) => name.startsWith("run-"));
    const ran = await place.cli(argv("0"));
    expect(ran.stdout).toBe("600 12\nsup3r-s3cret700\n");
    expect(runs()).toEqual([]);
    const child = spawn(process.execPath, [CLI, ...argv("60")], { env: place.env, stdio: "pipe" });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await until("the file", () => out.includes("700"));
    const [left = ""] = runs();
    expect(readFileSync(join(place.home, "run", left, "F"), "utf8")).toBe("sup3r-s3cret");
    child.kill("SIGKILL");
    await until("the end of the file", () => runs().length === 0);
    // What is left where the machine went down: its process is not there any more.
    const dead = join(place.home, "run", left.replace(/^run-\d+/u, "run-4194305"));
    mkdirSync(dead);
    writeFileSync(join(dead, "F"), "sup3r-s3cret");
    await place.cli(argv("0"));
    expect(runs()).toEqual([]);
  },
);

const canUnshare =
  spawnSync("unshare", ["-rpf", "--mount-proc", "true"]).status === 0
    ? ""
    : " (skipped: no unshare)";

test(
  `a run in another container leaves the files of this one alone${canUnshare}`,
  { timeout: 60_000 },
  async () => {
    if (canUnshare !== "") return;
    const place = await withValue();
    const argv = ["run", "--mask", "never", "--as-file", `F=${REF}`, "--", "sh", "-c"];
    const show = 'echo up; read -r _; cat "$F"';
    const child = spawn(process.execPath, [CLI, ...argv, show], { env: place.env, stdio: "pipe" });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await until("the program", () => out.includes("up"));
    const inside = [process.execPath, CLI, ...argv, "true"];
    const other = await place.run("unshare", ["-rpf", "--mount-proc", ...inside]);
    expect([other.status, other.stderr]).toEqual([0, ""]);
    child.stdin.end("\n");
    await until("its end", () => child.exitCode !== null);
    expect(out).toBe("up\nsup3r-s3cret");
  },
);

test(
  "the program is started anew, or told, when a value changes",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const log = join(place.home, "seen");
    writeFileSync(log, "");
    const restart = `echo "$A" >> ${log}; trap 'exit 0' TERM; while :; do sleep 0.05; done`;
    const hup = `echo "$A" >> ${log}; trap 'cat "$F" >> ${log}; echo >> ${log}' HUP; while :; do sleep 0.05; done`;
    for (const [mode, program] of [
      ["restart", restart],
      ["SIGHUP", hup],
    ] as const) {
      writeFileSync(log, "");
      await place.cli(["set", "t/value"], `${mode}-first`);
      const child = spawn(
        process.execPath,
        [
          CLI,
          "run",
          "--watch",
          mode,
          "--env",
          `A=${REF}`,
          "--as-file",
          `F=${REF}`,
          "--",
          "sh",
          "-c",
          program,
        ],
        { env: place.env, stdio: "pipe" },
      );
      const ended = new Promise((resolve) => child.once("close", resolve));
      await until("the first value", () => readFileSync(log, "utf8").includes(`${mode}-first\n`));
      await place.cli(["set", "t/value"], `${mode}-second`);
      await until("the second value", () => readFileSync(log, "utf8").includes(`${mode}-second\n`));
      child.kill("SIGTERM");
      await ended;
    }
    expect(readFileSync(log, "utf8")).toBe("SIGHUP-first\nSIGHUP-second\n");
  },
);

test(
  "a program is started anew for another value alone, over locks, and not once it is to end",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const log = join(place.home, "seen");
    writeFileSync(log, "");
    const slow = `echo "$A" >> ${log}; trap 'echo leaves >> ${log}; sleep 1; exit 0' TERM; while :; do sleep 0.05; done`;
    const args = ["run", "--watch", "restart", "--env", `A=${REF}`, "--", "sh", "-c", slow];
    const child = spawn(process.execPath, [CLI, ...args], { env: place.env, stdio: "pipe" });
    const ended = new Promise((resolve) => child.once("close", resolve));
    const seen = (): string => readFileSync(log, "utf8");
    await until("the first value", () => seen().includes("sup3r-s3cret\n"));
    await place.cli(["tag", "t/value", "other", "--note", "n"]);
    await place.cli(["set", "t/value"], "sup3r-s3cret");
    // Longer than changes are gathered: it would leave by now.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(seen()).toBe("sup3r-s3cret\n");
    await place.cli(["lock"]);
    await place.cli(["unlock"]);
    await place.cli(["set", "t/value"], "second-value");
    await until("the second value", () => seen().includes("second-value\n"));
    expect(seen()).toBe("sup3r-s3cret\nleaves\nsecond-value\n");
    await place.cli(["set", "t/value"], "third-value");
    await until("the program leaves", () => seen().endsWith("second-value\nleaves\n"));
    child.kill("SIGTERM");
    await ended;
    expect(seen()).not.toContain("third-value");
  },
);

test(
  "--prefix passes over what is no secret: credentials of OAuth",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const put = await place.cli(
      ["oauth", "put", "t/oauth"],
      JSON.stringify(credential("any", { expiresIn: 3600 })),
    );
    expect(put.status).toBe(0);
    const ran = await place.cli(["run", "--prefix", "t", "--mask", "never", "--", "env"]);
    expect([ran.status, ran.stderr]).toEqual([0, ""]);
    expect(ran.stdout).toContain("VALUE=sup3r-s3cret\n");
    expect(ran.stdout).not.toContain("OAUTH=");
  },
);

test(
  "no credential of ours is in the environment of the program, and a key gets what it may",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const made = await place.cli(["key", "create", "k", "--allow", "get:t/*", "--no-expiry"]);
    const token = made.stdout.trim();
    const names = ["STRONGROOM_API_KEY", "STRONGROOM_API_KEY_FILE", "STRONGROOM_PASSPHRASE_FILE"];
    const file = join(place.home, "key");
    writeFileSync(file, token, { mode: 0o600 });
    const ran = await place.run("env", [
      `STRONGROOM_API_KEY=${token}`,
      `STRONGROOM_PASSPHRASE_FILE=${file}`,
      process.execPath,
      CLI,
      "run",
      "--mask",
      "never",
      "--env",
      `A=${REF}`,
      "--",
      "env",
    ]);
    expect(ran.stdout).toContain("A=sup3r-s3cret\n");
    for (const name of names) expect(ran.stdout).not.toContain(`${name}=`);
    expect(ran.stdout).not.toContain(token);
    const outside = await place.run("env", [
      `STRONGROOM_API_KEY=${token}`,
      process.execPath,
      CLI,
      "run",
      "--env",
      "A=out",
      "--",
      "true",
    ]);
    expect(outside.status).toBe(125);
  },
);
