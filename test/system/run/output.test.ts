import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { CLI, finish, until } from "../../support/processes.ts";
import type { Ended } from "../../support/processes.ts";
import type { Throwaway } from "../../support/throwaway.ts";

const hasFull = existsSync("/dev/full");
const noFull = hasFull ? "" : " (skipped: there is no /dev/full here)";

async function withValue(): Promise<Throwaway> {
  const place = throwaway();
  await place.cli(["set", "t/value"], "sup3r-s3cret");
  return place;
}

function left(place: Throwaway): string[] {
  return readdirSync(join(place.home, "run")).filter((name) => name.startsWith("run-"));
}

/** Runs it in a pipe whose reader leaves after one line; the status is of strongroom. */
async function headed(place: Throwaway, run: string): Promise<Ended> {
  const cli = `'${process.execPath}' -- '${CLI}'`;
  const line = `{ ${cli} ${run}; echo "status $?" >&2; } | head -1`;
  return await finish(spawn("bash", ["-c", line], { env: place.env, stdio: "pipe" }));
}

test(
  "when a reader leaves, the program meets a closed pipe, and its status and files are dealt with",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const many = "seq 1 3000000";
    const inner = await headed(place, `run --as-file V=t/value -- sh -c '${many}; exit 7'`);
    expect([inner.stdout, inner.stderr]).toEqual(["1\n", "status 7\n"]);
    const direct = await headed(place, `run --as-file V=t/value -- ${many}`);
    // 128 + SIGPIPE: it is a pipe for the program, too, and no socket that is reset.
    expect([direct.stdout, direct.stderr]).toEqual(["1\n", "status 141\n"]);
    expect(left(place)).toEqual([]);
    const deaf = await headed(place, `run --env V=none -- true 2>&1 | false; echo "$PIPESTATUS"`);
    expect(deaf.stdout).toBe("125\n");
  },
);

test("a program can open its standard output by name", { timeout: 60_000 }, async () => {
  const place = await withValue();
  const say = 'echo one > /dev/stdout; echo two > /dev/stderr; echo "$V"';
  const ran = await place.cli(["run", "--env", "V=t/value", "--", "sh", "-c", say]);
  expect([ran.status, ran.stdout, ran.stderr]).toEqual([0, "one\n<concealed>\n", "two\n"]);
});

test(
  `output for which there is no room is said to be lost, and the program goes on${noFull}`,
  { timeout: 60_000 },
  async () => {
    if (!hasFull) return;
    const place = await withValue();
    const into = async (fd: 1 | 2, program: string): Promise<Ended> => {
      const full = openSync("/dev/full", "w");
      const argv = ["--", CLI, "run", "--as-file", "V=t/value", "--", "sh", "-c", program];
      const child = spawn(process.execPath, argv, {
        env: place.env,
        stdio: ["ignore", fd === 1 ? full : "pipe", fd === 2 ? full : "pipe"],
      });
      closeSync(full);
      return await finish(child);
    };
    const mark = join(place.home, "went-on");
    const good = await into(1, `seq 1 30000; echo done > ${mark}`);
    expect([good.status, good.stderr]).toEqual([
      16,
      expect.stringMatching(
        /^strongroom: .+ standard output is lost: ENOSPC\n {2}code: DISK_FULL/u,
      ),
    ]);
    expect(readFileSync(mark, "utf8")).toBe("done\n");
    const bad = await into(1, "seq 1 30000; exit 7");
    expect([bad.status, bad.stderr]).toEqual([7, expect.stringContaining("is lost: ENOSPC")]);
    expect((await into(2, "seq 1 30000 >&2")).status).toBe(16);
    expect((await into(2, "seq 1 30000 >&2; exit 7")).status).toBe(7);
    expect(left(place)).toEqual([]);
  },
);

test(
  "a value that was replaced stays concealed in what the program started anew writes",
  { timeout: 60_000 },
  async () => {
    const place = await withValue();
    const kept = join(place.home, "kept");
    const program = join(place.home, "program");
    // It says what it found at its first start.
    writeFileSync(
      program,
      `test -e ${kept} || echo "$A" > ${kept}\necho "now $A, first $(cat ${kept})"\ntrap 'exit 0' TERM\nwhile :; do sleep 0.05; done\n`,
    );
    const argv = ["run", "--watch", "restart", "--env", "A=t/value", "--", "sh", program];
    const child = spawn(process.execPath, ["--", CLI, ...argv], { env: place.env, stdio: "pipe" });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    await until("the first start", () => out.includes("first"));
    await place.cli(["set", "t/value"], "an0ther-s3cret");
    await until("the second start", () => out.split("\n").length > 2);
    child.kill("SIGTERM");
    await until("its end", () => child.exitCode !== null);
    expect(readFileSync(kept, "utf8")).toBe("sup3r-s3cret\n");
    expect(out).toBe("now <concealed>, first <concealed>\n".repeat(2));
  },
);
