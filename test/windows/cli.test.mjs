import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { end, isThere, place, until } from "./support/place.mjs";

const VALUE = "s3cret of a test";

/** A vault with one secret; its daemon was started by the command line, and is stopped by it. */
async function withVault(t) {
  const at = place(t);
  t.after(() => at.cli(["daemon", "stop"]));
  const { status, stderr } = await at.cli(["init"]);
  assert.equal(status, 0, stderr);
  assert.ok(stderr.includes(at.vault), stderr);
  const set = await at.cli(["set", "github/token"], { input: `${VALUE}\r\n` });
  assert.equal(set.status, 0, set.stderr);
  return at;
}

/** Runs commands one after the other and demands of each how it ends and what it prints. */
async function demand(t, at, rows) {
  for (const [args, wanted, { input, also, stdout, stderr = /^/u } = {}] of rows) {
    const outcome = await at.cli(args, { input, also });
    const line = `strongroom ${args.join(" ")}`;
    assert.equal(outcome.status, wanted, `${line}: ${outcome.stderr}`);
    if (stdout !== undefined) {
      assert.match(outcome.stdout, stdout instanceof RegExp ? stdout : exactly(stdout), line);
    }
    assert.match(outcome.stderr, stderr, line);
    assert.ok(!outcome.stderr.includes(VALUE), line);
  }
  t.diagnostic(`${rows.length} commands`);
}

function exactly(text) {
  return new RegExp(`^${text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, "\\$&")}$`, "u");
}

test("init, set, get, list, delete and their exit codes", async (t) => {
  const at = await withVault(t);
  await demand(t, at, [
    [["get", "github/token"], 0, { stdout: VALUE }],
    [["get", "github/token", "--json"], 0, { stdout: /"schema":1,.*"version":1/u }],
    [["get", "none"], 6, { stdout: "", stderr: /NOT_FOUND/u }],
    [
      ["set", "github/token", "in-argv"],
      2,
      { stdout: "", stderr: /strongroom set github\/token/u },
    ],
    [["set", "github/token"], 9, { input: null, stderr: /NO_TERMINAL/u }],
    [["set", "github/token", "--if-version", "7"], 5, { input: "x", stderr: /CONFLICT/u }],
    [["set", "github/token", "--if-absent"], 12, { input: "x", stderr: /ALREADY_EXISTS/u }],
    [["set", "kept/newline", "--raw"], 0, { input: "a\r\n" }],
    [["get", "kept/newline"], 0, { stdout: "a\r\n" }],
    [["list"], 0, { stdout: /^github\/token\nkept\/newline\n$/u }],
    [["list", "--json"], 0, { stdout: /^\{"schema":1,"secrets":\[\{"name":"github\/token"/u }],
    [["history", "github/token"], 0, {}],
    [["delete", "kept/newline"], 0, {}],
    [["get", "kept/newline"], 6, {}],
    [["restore", "kept/newline", "--version", "1"], 0, {}],
    [["nonsense"], 2, { stderr: /strongroom help/u }],
    [["list", "--nonsense"], 2, {}],
    [["version"], 0, { stdout: /^strongroom \d/u }],
  ]);
});

test("a file is stored as it is, and 1 MiB comes back", async (t) => {
  const at = await withVault(t);
  const file = join(at.home, "value.bin");
  writeFileSync(file, randomBytes(1_048_576));
  const set = await at.cli(["set", "large", "--from-file", file]);
  assert.equal(set.status, 0, set.stderr);
  const client = await at.client();
  assert.ok(readFileSync(file).equals(Buffer.from((await client.get("large")).bytes())));
  client.close();
  writeFileSync(file, randomBytes(1_048_577));
  const refused = await at.cli(["set", "large", "--from-file", file]);
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /TOO_LARGE/u);
});

test("status, doctor, verify, backup and stop speak through the pipe", async (t) => {
  const at = await withVault(t);
  const { pid, endpoint } = at.record();
  assert.match(endpoint, /^\\\\\.\\pipe\\strongroom-[0-9a-f]{32}$/u);
  await demand(t, at, [
    [["status", "--json"], 0, { stdout: new RegExp(`"state":"open".*"pid":${pid},`, "u") }],
    [["verify"], 0, { stdout: /^ok: 1 secret/u }],
    [["doctor"], 0, { stdout: /^ok {4}lock +UV_FS_O_EXLOCK$/mu }],
    // Wine's icacls says nothing; that of Windows does.
    [
      ["doctor"],
      0,
      { stdout: /^(?:ok {4}access +yours alone|note {2}access +not checked: .*)$/mu },
    ],
    [["backup"], 0, { stdout: /\.age\n$/u }],
    [["audit", "--json"], 0, { stdout: /"schema":1/u }],
    [["daemon", "stop"], 0, { stderr: /stopped/u }],
    [["daemon", "stop"], 0, { stderr: /no daemon runs/u }],
    [["status"], 8, { stderr: /strongroom daemon start/u }],
  ]);
  assert.equal(isThere(pid), false);
  assert.equal(at.record(), undefined);
  const log = readFileSync(join(at.home, "log", "strongroomd.log"), "utf8");
  const start = readFileSync(join(at.home, "log", "start.log"), "utf8");
  assert.doesNotMatch(start, /ignored/u);
  const failures = log.split("\n").filter((line) => line.includes('"level":"error"'));
  assert.deepEqual(failures, []);
});

test("a get with no daemon starts one, detached, and is served", async (t) => {
  const at = await withVault(t);
  await at.cli(["daemon", "stop"]);
  const from = performance.now();
  const cold = await at.cli(["get", "github/token"]);
  const took = Math.round(performance.now() - from);
  assert.deepEqual([cold.status, cold.stdout, cold.stderr], [0, VALUE, ""]);
  const { pid } = at.record();
  const again = performance.now();
  assert.equal((await at.cli(["get", "github/token"])).stdout, VALUE);
  const warm = Math.round(performance.now() - again);
  assert.equal(at.record().pid, pid);
  t.diagnostic(`cold ${took} ms, with a daemon ${warm} ms`);
  end(pid);
  await until(() => !isThere(pid), "its end");
  const after = await at.cli(["get", "github/token"]);
  assert.deepEqual([after.status, after.stdout], [0, VALUE]);
  assert.notEqual(at.record().pid, pid);
});

test("20 cold gets at once are served by one daemon", async (t) => {
  const at = await withVault(t);
  await at.cli(["daemon", "stop"]);
  const from = performance.now();
  const gets = Array.from({ length: 20 }, () =>
    at.cli(["get", "github/token", "--timeout", "60s"]),
  );
  const outcomes = await Promise.all(gets);
  assert.deepEqual(
    outcomes.map(({ status, stdout, stderr }) => [status, stdout, stderr]),
    Array.from({ length: 20 }, () => [0, VALUE, ""]),
  );
  const log = readFileSync(join(at.home, "log", "strongroomd.log"), "utf8");
  const { pid } = at.record();
  const starts = log.split("\n").filter((line) => line.includes('"event":"start"')).length;
  t.diagnostic(
    `20 processes, 20 served by process ${pid}, ${starts - 1} start, ${Math.round(performance.now() - from)} ms`,
  );
  assert.equal(starts, 2);
});

test("a read of no vault makes none and starts nothing", async (t) => {
  const at = place(t);
  await demand(t, at, [
    [["get", "a"], 6, { stderr: /strongroom init/u }],
    [["list"], 6, { stderr: /strongroom init/u }],
  ]);
  assert.equal(existsSync(at.vault), false);
});

test("run gives a program its secrets, and its status back", async (t) => {
  const at = await withVault(t);
  const print = "process.stdout.write(String(process.env.TOKEN?.length)); process.exit(7)";
  const run = (...argv) => ["run", "--env", "TOKEN=strongroom://github/token", "--", ...argv];
  await demand(t, at, [
    [run(process.execPath, "-e", print), 7, { stdout: String(VALUE.length) }],
    [
      run(process.execPath, "-e", "console.log(process.env.TOKEN)"),
      0,
      { stdout: /^(?!.*s3cret)/u },
    ],
    [run("no-such-program"), 127, { stderr: /no program/u }],
  ]);
});

test("files come in and go out", async (t) => {
  const at = await withVault(t);
  const file = (name, text) => {
    writeFileSync(join(at.home, name), text);
    return join(at.home, name);
  };
  const out = join(at.home, "out.txt");
  await demand(t, at, [
    [["import", "--from", "json", file("in.json", '{"n":"x"}')], 0, {}],
    [["get", "n"], 0, { stdout: "x" }],
    [["inject", "--in", file("t.tpl", "n={{ strongroom://n }}"), "--out", out], 0, {}],
    [["inject", "--in", join(at.home, "t.tpl"), "--out", out], 0, {}],
    [["run", "--as-file", "F=strongroom://n", "--", "cmd", "/c", "type %F%"], 0, { stdout: "x" }],
    [["export", "--format", "json"], 0, { stdout: /"name":"n","value":"x"/u }],
    [["move", "n", "m"], 0, {}],
    [["tag", "m", "t"], 0, {}],
    [["list", "--tag", "t"], 0, { stdout: "m\n" }],
  ]);
  assert.equal(readFileSync(out, "utf8"), "n=x");
});

test("a service is printed as a task for the logon", async (t) => {
  const at = await withVault(t);
  const { status, stdout } = await at.cli(["service", "print"]);
  assert.equal(status, 0);
  assert.match(stdout, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Task version="1\.2"/u);
  for (const part of [
    "<LogonTrigger><Enabled>true</Enabled>",
    "<RunLevel>LeastPrivilege</RunLevel>",
    "<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>",
    `set "STRONGROOM_HOME=${at.home}"`,
    "strongroomd.js",
  ]) {
    assert.ok(stdout.includes(part), part);
  }
});

test("what there is not on Windows is said with status 18, or that nobody is at a terminal", async (t) => {
  const at = await withVault(t);
  await demand(t, at, [
    [["copy", "github/token"], 18, { stdout: "", stderr: /UNSUPPORTED/u }],
    [["secret-service"], 18, { stderr: /UNSUPPORTED/u }],
    [["edit", "github/token"], 9, { stderr: /NO_TERMINAL/u }],
    [["clear", "github/"], 9, { stderr: /NO_TERMINAL/u }],
  ]);
});

test("a vault in the folders of the login", async (t) => {
  const at = place(t);
  const env = { LOCALAPPDATA: join(at.home, "Local"), APPDATA: join(at.home, "Roaming") };
  const usual = { also: { ...env, STRONGROOM_HOME: undefined } };
  const run = (args, options = {}) => at.cli(args, { ...usual, ...options });
  assert.equal((await run(["init"])).status, 0);
  assert.equal((await run(["set", "a"], { input: "b" })).status, 0);
  assert.equal((await run(["get", "a"])).stdout, "b");
  assert.ok(existsSync(join(env.LOCALAPPDATA, "strongroom", "Data", "vault", "vault.json")));
  assert.ok(existsSync(join(env.APPDATA, "strongroom", "Config", "keyfile")));
  assert.equal((await run(["daemon", "stop"])).status, 0);
});

test("a locked vault says so until it is unlocked", async (t) => {
  const at = await withVault(t);
  await demand(t, at, [
    [["lock"], 0, {}],
    [["get", "github/token"], 7, { stdout: "", stderr: /LOCKED/u }],
    [["unlock"], 0, {}],
    [["get", "github/token"], 0, { stdout: VALUE }],
  ]);
});

test("an API key does what it may", async (t) => {
  const at = await withVault(t);
  const key = join(at.home, "ci.key");
  const made = await at.cli(["key", "create", "ci", "--allow", "get:github/**", "--no-expiry"]);
  assert.equal(made.status, 0, made.stderr);
  writeFileSync(key, made.stdout);
  const also = { STRONGROOM_API_KEY_FILE: key };
  await demand(t, at, [
    [["get", "github/token"], 0, { also, stdout: VALUE }],
    [["set", "github/token"], 4, { also, input: "x", stderr: /DENIED/u }],
    [["get", "github/token"], 4, { also: { STRONGROOM_API_KEY: "" }, stderr: /DENIED/u }],
  ]);
});
