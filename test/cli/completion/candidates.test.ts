import { candidatesFor } from "strongroom/src/completion/candidates.ts";
import { CHARSETS } from "strongroom/src/generate/charsets.ts";
import { KINDS } from "strongroom/src/imports/table.ts";
import { COMMANDS } from "strongroom/src/table.ts";
import { describe, expect, it } from "vitest";

describe("what may follow on the command line", () => {
  it.each([
    ["run --mask", ["always", "auto", "never"]],
    ["run --watch", ["SIGHUP", "restart"]],
    ["generate --charset", CHARSETS],
    ["import --from", Object.keys(KINDS)],
    ["import --on-conflict", ["fail", "newer", "replace", "skip"]],
    ["token --format", ["header", "headers", "json", "raw"]],
    ["export --format", ["age", "dotenv", "json", "shell"]],
    ["audit --owner", ["lazy", "off", "strict"]],
    ["key require", ["off", "on"]],
    ["slot", ["add", "list", "remove"]],
    ["set x --note", []],
    ["none", []],
    ["help get", []],
  ] as const)("%s: these and nothing else", async (line, expected) => {
    const found = await candidatesFor([...line.split(" "), ""]);
    expect([found].flat().toSorted()).toEqual([...expected].toSorted());
  });

  it.each([
    ["run --env", "references"],
    ["recipe add r --env", "references"],
    ["generate --save", "secrets"],
    ["get", "secrets"],
    ["oauth logout", "secrets"],
    ["get --vault", "vaults"],
    ["set x --from-file", "files"],
    ["inject -i", "files"],
    ["run --", "commands"],
    ["run -- git", "files"],
  ] as const)("%s: %s", async (line, expected) => {
    expect(await candidatesFor([...line.split(" "), ""])).toBe(expected);
  });

  it("help is of every verb, and of the exit codes", async () => {
    const verbs = [...Object.keys(COMMANDS), "exit-codes"].toSorted();
    expect(await candidatesFor(["help", ""])).toEqual(verbs);
  });

  it("are no options that a verb has not", async () => {
    expect(await candidatesFor(["get", "--"])).toContain("--print-rpc");
    expect(await candidatesFor(["init", "--"])).not.toContain("--print-rpc");
  });
});
