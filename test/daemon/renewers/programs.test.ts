import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { Programs } from "@strongroom/daemon/src/renewers/programs.ts";
import type { RenewerRecord } from "@strongroom/daemon/src/vault/renewer-record.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isAlive } from "../../support/alive.ts";
import { until } from "../../support/processes.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-programs-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NEVER = new AbortController().signal;

/** A renewer whose program is this script of the shell; `$1` is the folder of the test. */
function script(text: string, mode = 0o700): RenewerRecord {
  const path = join(folder, "program");
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, mode);
  return { name: "a", argv: [path, folder], lifetimeMs: 1000, generation: 1 };
}

describe.skipIf(process.platform === "win32")("a program that renews a secret", () => {
  it("prints it, in an environment that has little, without a shell, and without input", async () => {
    const record = script('env | cut -d= -f1 | sort | tr "\\n" " "; pwd; cat; printf "%s" "$2"');
    const argv = [...record.argv, "$HOME; *"];
    const printed = await new Programs().run({ ...record, argv }, NEVER);
    const [names = "", rest] = printed.toString().split("/\n");
    const known = ["DBUS_SESSION_BUS_ADDRESS", "HOME", "LANG", "LOGNAME", "PATH", "PWD"];
    const more = ["STRONGROOM_API_KEY", "USER", "XDG_RUNTIME_DIR", "_", "SHLVL", "OLDPWD"];
    const strange = names
      .trim()
      .split(" ")
      .filter((name) => ![...known, ...more].includes(name));
    expect(strange).toEqual([]);
    expect(names).toContain("STRONGROOM_API_KEY");
    expect(rest).toBe("$HOME; *");
    expect(homedir()).not.toBe("/");
  });

  it("is judged at each start: its file, and what leads there", async () => {
    const denied = { code: "DENIED" };
    await expect(new Programs().run(script("echo 1", 0o722), NEVER)).rejects.toMatchObject(denied);
    const relative = { ...script("echo 1"), argv: ["program"] };
    await expect(new Programs().run(relative, NEVER)).rejects.toMatchObject(denied);
    chmodSync(folder, 0o777);
    await expect(new Programs().run(script("echo 1"), NEVER)).rejects.toMatchObject(denied);
  });

  it("that fails says its status, and nothing of what it wrote", async () => {
    const failing = new Programs().run(script("echo canary; echo canary >&2; exit 3"), NEVER);
    const error = await failing.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "UNAVAILABLE" });
    expect((error as Error).message).toContain("(3)");
    expect(JSON.stringify([error, (error as Error).message, (error as Error).cause])).not.toContain(
      "canary",
    );
  });

  it("that prints more than a value has is ended", async () => {
    const endless = new Programs().run(script("yes"), NEVER);
    await expect(endless).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const most = await new Programs().run(script("head -c 1048576 /dev/zero; echo"), NEVER);
    expect(most.length).toBe(1_048_577);
  });

  it.each([
    ["takes too long", () => new Programs(300)],
    [
      "is told to end",
      (end: AbortController) => {
        setTimeout(() => end.abort(), 300);
        return new Programs();
      },
    ],
  ])("that %s is killed, with all that it started", { timeout: 15_000 }, async (_what, make) => {
    const end = new AbortController();
    const record = script(
      "trap '' TERM; (trap '' TERM; echo $$ >>$1/pids; sleep 60) & echo $! >>$1/pids; wait",
    );
    const running = make(end).run(record, end.signal);
    await expect(running).rejects.toMatchObject({ code: "UNAVAILABLE" });
    const pids = readFileSync(join(folder, "pids"), "utf8").trim().split("\n").map(Number);
    expect(pids.length).toBeGreaterThan(0);
    await until("their end", () => !pids.some(isAlive));
  });

  it.skipIf(process.platform !== "linux")("is known by its group, while it runs", async () => {
    const programs = new Programs();
    const end = new AbortController();
    const run = programs.run(script("sleep 60 & echo $! >$1/pid; wait"), end.signal);
    const child = (): number => Number(read("pid").trim() || 0);
    await until("what it starts", () => child() > 0);
    expect([programs.has(child()), programs.has(process.pid)]).toEqual([true, false]);
    const known = child();
    end.abort();
    await run.catch(() => undefined);
    expect(programs.has(known)).toBe(false);
  });
});

function read(name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return "";
  }
}
