import { expect, test } from "vitest";
import { lacks, noBus, secretBus } from "../support/secret-bus.ts";

const noTool = noBus || lacks("secret-tool");

test.skipIf(noTool !== "")(
  `secret-tool keeps its passwords here, with no change in it${noTool}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const store = (password: string, ...attributes: string[]): ReturnType<typeof bus.run> =>
      bus.run("secret-tool", ["store", "--label=A label", ...attributes], password);
    const lookup = (...attributes: string[]): ReturnType<typeof bus.run> =>
      bus.run("secret-tool", ["lookup", ...attributes]);
    expect((await store("first", "service", "a", "user", "me")).status).toBe(0);
    expect((await store("other", "service", "b", "user", "me")).status).toBe(0);
    expect((await store("second", "service", "a", "user", "me")).status).toBe(0);
    expect(await lookup("service", "a")).toMatchObject({ status: 0, stdout: "second" });
    expect(await lookup("service", "c")).toMatchObject({ status: 1, stdout: "" });
    const found = await bus.run("secret-tool", ["search", "--all", "user", "me"]);
    expect(found.stdout.match(/^label = A label$/gm)).toHaveLength(2);
    expect(found.stdout).toContain("secret = second");
    // What was replaced is the same secret with another version, and read like any other.
    const names = (await bus.cli(["list"])).stdout.trim().split("\n");
    expect(names).toHaveLength(2);
    const values = await Promise.all(
      names.map(async (name) => (await bus.cli(["get", name])).stdout),
    );
    expect(values.toSorted()).toEqual(["other", "second"]);
    expect((await bus.run("secret-tool", ["clear", "service", "a"])).status).toBe(0);
    expect((await lookup("service", "a")).status).toBe(1);
    expect((await lookup("service", "b")).stdout).toBe("other");
  },
);
