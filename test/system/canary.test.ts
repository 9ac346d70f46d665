import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@strongroom/client";
import { wordsOf } from "strongroom/src/recovery/words.ts";
import { expect, test } from "vitest";
import {
  CLI,
  cli,
  discard,
  environment,
  finish,
  pause,
  recordedPid,
  startDaemon,
  temporaryHome,
} from "../support/processes.ts";

/** A value in each of the forms in which it could slip out. */
function forms(canary: string): Buffer[] {
  const bytes = Buffer.from(canary);
  // Base64 at each of the three offsets at which a value may stand in a longer text.
  const shifted = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset, 0x41), bytes])
      .toString("base64")
      .slice(offset === 0 ? 0 : 4, -4),
  );
  return [
    bytes,
    ...shifted.map((text) => Buffer.from(text)),
    Buffer.from(bytes.toString("base64url").slice(0, -2)),
    Buffer.from(bytes.toString("hex")),
    Buffer.from(bytes.toString("hex").toUpperCase()),
    Buffer.from(encodeURIComponent(canary)),
    Buffer.from(canary, "utf16le"),
    Buffer.from(bytes.toReversed()),
  ];
}

function everyFile(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return everyFile(path);
    return entry.isFile() ? [path] : [];
  });
}

/** The 32 bytes of an age identity: bech32 without its prefix and its checksum. */
function bytesOf(identity: string): Buffer {
  const letters = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
  const digits = identity.slice("AGE-SECRET-KEY-1".length, -6).split("");
  const bits = digits.map((each) => letters.indexOf(each).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)));
}

/** Every form of a recovery key in which it could slip out. */
async function recoveryForms(identity: string): Promise<Buffer[]> {
  const words = await wordsOf(identity);
  const texts = [identity, identity.toLowerCase(), words.join(" "), words.slice(0, 6).join(" ")];
  const bytes = bytesOf(identity);
  expect(bytes).toHaveLength(32);
  return [...texts.flatMap(forms), bytes, Buffer.from(bytes.toString("hex"))];
}

/** What a neighbour sees of every process of a home until one of them has ended. */
async function watched(child: ChildProcess, home: string): Promise<[string, Buffer][]> {
  const places: [string, Buffer][] = [];
  const pids = (): string[] => readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  while (child.exitCode === null && process.platform === "linux") {
    for (const pid of pids()) {
      try {
        const environ = readFileSync(`/proc/${pid}/environ`);
        if (!environ.includes(home)) continue;
        places.push([`environ of ${pid}`, environ]);
        places.push([`cmdline of ${pid}`, readFileSync(`/proc/${pid}/cmdline`)]);
      } catch {
        // It has ended.
      }
    }
    await pause(20);
  }
  return places;
}

test("no recovery key stands in any file, log, error, argument or environment", async () => {
  const home = temporaryHome();
  const tmp = join(home, "tmp");
  mkdirSync(tmp, { mode: 0o700 });
  const more = { TMPDIR: tmp, LOG_LEVEL: "trace" };
  const spawned = (args: readonly string[]): ChildProcess =>
    spawn(process.execPath, [CLI, ...args], { env: environment(home, more), stdio: "pipe" });
  try {
    await startDaemon(home, ["--create"], more);
    const making = spawned(["recovery", "new", "--output", "-"]);
    const [made, whileMaking] = await Promise.all([finish(making), watched(making, home)]);
    const identity = /^AGE-SECRET-KEY-1.*$/m.exec(made.stdout)?.[0] ?? "";
    const words = (await wordsOf(identity)).join(" ");
    const copy = join(home, "copy.age");
    expect(await cli(home, ["backup", copy], "", more)).toMatchObject({ status: 0 });
    const to = join(home, "to");
    const restoring = spawned(["restore-backup", copy, "--to", to, "--identity", "-"]);
    const [done, whileRestoring] = await Promise.all([
      finish(restoring, words),
      watched(restoring, home),
    ]);
    expect(done).toMatchObject({ status: 0 });
    const said = [made.stderr, done.stdout, done.stderr];
    // Each way to be refused with a key in hand.
    const mistyped = identity.replace(/.$/, identity.endsWith("Q") ? "P" : "Q");
    for (const input of [mistyped, `${words} more`, `${identity}\n${identity}`]) {
      const args = ["restore-backup", copy, "--to", join(home, "no"), "--identity", "-"];
      const refused = await cli(home, args, input, more);
      said.push(refused.stdout, refused.stderr);
    }
    for (const args of [
      ["status", "--json"],
      ["doctor", "--json"],
      ["recovery", "confirm"],
    ]) {
      const { stdout, stderr } = await cli(home, args, "", more);
      said.push(stdout, stderr);
    }
    const places = [
      ...whileMaking,
      ...whileRestoring,
      ...said.map((text, n): [string, Buffer] => [`output ${n}`, Buffer.from(text)]),
      ...everyFile(home).map((file): [string, Buffer] => [file, readFileSync(file)]),
    ];
    const canaries = await recoveryForms(identity);
    const found = places.filter(([, bytes]) => canaries.some((form) => bytes.includes(form)));
    console.log(`${places.length} places, ${canaries.length} forms, ${found.length} found`);
    expect(found.map(([place]) => place)).toEqual([]);
    expect(canaries.some((form) => Buffer.from(made.stdout).includes(form))).toBe(true);
    if (process.platform === "linux") expect(whileRestoring.length).toBeGreaterThan(2);
  } finally {
    await discard(join(home, "to"));
    await discard(home);
  }
}, 180_000);

test("no canary value stands in any file, log, error, argument or environment", async () => {
  const home = temporaryHome();
  const tmp = join(home, "tmp");
  mkdirSync(tmp, { mode: 0o700 });
  const more = { TMPDIR: tmp, LOG_LEVEL: "trace" };
  const canaries = Array.from(
    { length: 20 },
    (_, n) => `canary ${n}/é:${Math.random().toString(36)}?${Math.random().toString(36)}`,
  );
  const said: string[] = [];
  const heard = (ended: { stdout: string; stderr: string }): void => {
    said.push(ended.stdout, ended.stderr);
  };
  try {
    await startDaemon(home, ["--create"], more);
    for (const [n, canary] of canaries.entries()) {
      const set = await cli(home, ["set", `name/${n}`, "--json"], canary, more);
      expect(set.status).toBe(0);
      heard(set);
    }
    const [canary] = canaries;
    // Each way to put a value where it does not belong, and each way to be refused.
    heard(await cli(home, ["set", "name/0", canary!], "", more));
    heard(await cli(home, ["set", canary!], "x", more).then(() => ({ stdout: "", stderr: "" })));
    heard(await cli(home, ["set", "name/0", "--if-absent"], canary, more));
    heard(await cli(home, ["set", "name/0", "--if-version", "99"], canary, more));
    heard(await cli(home, ["set", "a/../b"], canary, more));
    heard(await cli(home, ["set", "big"], canary!.repeat(40_000), more));
    heard(await cli(home, ["get", "name/0", "--version", "17"], "", more));
    heard(await cli(home, ["list", "--json", "--all", "--long"], "", more));
    heard(await cli(home, ["history", "name/0", "--json"], "", more));
    heard(await cli(home, ["status", "--json"], "", more));
    heard(await cli(home, ["verify", "--json"], "", more));
    heard(await cli(home, ["doctor", "--json"], "", more));
    heard(await cli(home, ["backup"], "", more));
    const client = await connect({ home, autostart: false });
    const refusal = async (work: Promise<unknown>): Promise<void> => {
      await work.then(
        () => undefined,
        (error: unknown) => said.push(String(error), JSON.stringify(error)),
      );
    };
    await refusal(client.set("name/0", canary!, { expect: { version: 99 } }));
    await refusal(client.set("name/0", canary!, { metadata: { note: canary!.repeat(2000) } }));
    await client.set("name/0", canary!, { requestId: "the-same" });
    await refusal(client.set("name/0", canaries[1]!, { requestId: "the-same" }));
    client.close();

    // What a neighbour sees of a process that holds a value: its arguments and its environment.
    const reading = spawn(process.execPath, [CLI, "get", "name/1"], {
      env: environment(home, more),
      stdio: "pipe",
    });
    const places: [string, Buffer][] = [];
    if (process.platform === "linux") {
      for (const pid of [reading.pid!, recordedPid(home)!]) {
        for (const file of ["cmdline", "environ"]) {
          places.push([`/proc/${file}`, readFileSync(`/proc/${pid}/${file}`)]);
        }
      }
    }
    expect((await finish(reading)).stdout).toBe(canaries[1]);
    const files = everyFile(home);
    expect(files.some((file) => file.includes("journal."))).toBe(true);
    expect(
      files.some((file) => file.startsWith(join(home, "log")) && statSync(file).size > 0),
    ).toBe(true);
    for (const file of files) places.push([file, readFileSync(file)]);
    said.forEach((text, n) => places.push([`output ${n}`, Buffer.from(text)]));
    const found = places.flatMap(([place, bytes]) =>
      canaries.flatMap((value, n) =>
        forms(value).some((form) => bytes.includes(form)) ? [`canary ${n} in ${place}`] : [],
      ),
    );
    console.log(`${places.length} places, ${canaries.length} canaries, ${found.length} found`);
    expect(found).toEqual([]);
  } finally {
    await discard(home);
  }
}, 180_000);
