import { spawn } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { throwaway } from "../support/connected.ts";
import { atTerminal, noTerminal } from "../support/terminal.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

const CLI = join(ROOT, "packages/cli/bin/strongroom.js");

/** Runs a command with no terminal at all. */
function alone(
  place: Throwaway,
  args: readonly string[],
): Promise<{ stderr: string; status: number | null }> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: place.env,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve) => child.on("close", (status) => resolve({ stderr, status })));
}

describe.skipIf(noTerminal !== "")(`somebody at a terminal${noTerminal}`, () => {
  it("types a value twice, and it is never shown", async () => {
    const place = throwaway();
    const { shown, status } = await atTerminal(place, "set typed", [
      { shown: "(not shown): ", typed: "hunterx\u007f2\r" },
      { shown: "again: ", typed: "hunter2\r" },
    ]);
    expect(status).toBe(0);
    expect(shown).not.toContain("hunter");
    expect((await place.cli(["get", "typed"])).stdout).toBe("hunter2");
    expect((await atTerminal(place, "get typed", [])).shown).toBe("hunter2\r\n");
  });

  it("stores nothing when the two differ or it is given up", async () => {
    const place = throwaway();
    const differing = [
      { shown: "(not shown): ", typed: "one\r" },
      { shown: "again: ", typed: "two\r" },
    ];
    expect(await atTerminal(place, "set typed", differing)).toMatchObject({ status: 3 });
    const givenUp = [{ shown: "(not shown): ", typed: "one\u0003" }];
    expect(await atTerminal(place, "set typed", givenUp)).toMatchObject({ status: 3 });
    expect(place.record()).toBeUndefined();
  });

  it("is asked before anything is deleted by prefix or forgotten", async () => {
    const place = throwaway();
    await place.cli(["set", "a/b"], "1");
    const no = [{ shown: "yes to go on: ", typed: "no\r" }];
    expect(await atTerminal(place, "clear a/", no)).toMatchObject({ status: 3 });
    expect((await place.cli(["get", "a/b"])).stdout).toBe("1");
    // The end of the input is no answer either.
    const end = [{ shown: "yes to go on: ", typed: "\u0004" }];
    expect(await atTerminal(place, "purge a/b", end)).toMatchObject({ status: 3 });
    expect((await place.cli(["get", "a/b"])).stdout).toBe("1");
    const yes = [{ shown: "yes to go on: ", typed: "yes\r" }];
    expect(await atTerminal(place, "purge a/b", yes)).toMatchObject({ status: 0 });
    expect((await place.cli(["get", "a/b"])).status).toBe(6);
  });

  it("sees nothing that a terminal would obey", async () => {
    const place = throwaway();
    await place.cli(["set", "nasty"], "a\u001b[2Jb");
    expect((await atTerminal(place, "get nasty", [])).shown).toBe("a\\u{1b}[2Jb\r\n");
    expect((await place.cli(["get", "nasty"])).stdout).toBe("a\u001b[2Jb");
  });
});

describe.skipIf(process.platform === "win32")("nobody at a terminal", () => {
  it("ends a set into which nothing is piped with 9, and what is stored stays", async () => {
    const place = throwaway();
    await place.cli(["set", "kept"], "value");
    const { status, stderr } = await alone(place, ["set", "kept"]);
    expect(status).toBe(9);
    expect(stderr).toContain('next: printf %s "$VALUE" | strongroom set kept');
    expect((await place.cli(["get", "kept"])).stdout).toBe("value");
    expect((await alone(place, ["set", "kept", "--from-file", "-"])).status).toBe(0);
    expect((await place.cli(["get", "kept"])).stdout).toBe("");
  });

  it.each([
    [["clear", "a/"]],
    [["purge", "a"]],
    [["purge", "a", "--versions", "1,2"]],
    [["clear", "'it is'"]],
  ])("%j ends with 9 and the command", async (args) => {
    const { status, stderr } = await alone(
      throwaway(),
      args.map((word) => word.replaceAll("'", "")),
    );
    expect(status).toBe(9);
    expect(stderr).toContain(`next: strongroom ${args.join(" ")} --yes`);
  });
});
