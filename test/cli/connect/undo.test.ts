import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connecting } from "strongroom/src/connect/connect.ts";
import { jsonPart } from "strongroom/src/connect/json-text.ts";
import { lastOf, undoing } from "strongroom/src/connect/undo.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const PART = jsonPart(["apiKeyHelper"], "apiKeyHelper");
const OLD = '{ "apiKeyHelper": "old" }';

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-undo-"));
  file = join(folder, "settings.json");
  vi.stubEnv("STRONGROOM_HOME", join(folder, "home"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(text: string): void {
  writeFileSync(file, text);
}

function read(): string {
  return readFileSync(file, "utf8");
}

function connect(value: string, target = ""): void {
  const aim = { file, value: JSON.stringify(value) };
  connecting(aim, PART, { target, tool: "claude" }).make();
}

function undo(isForced = false): string {
  const change = undoing(lastOf("claude", undefined), PART, isForced);
  change.make();
  return change.diff;
}

function remembered(): number {
  return readdirSync(join(folder, "home/config/connections")).length;
}

describe("what was connected and is taken back", () => {
  it("leaves what somebody changed elsewhere in the file", () => {
    write(OLD);
    connect("ours");
    const settings = JSON.parse(read()) as object;
    write(`${JSON.stringify({ model: "opus", ...settings }, undefined, 2)}\n`);
    undo();
    expect(JSON.parse(read())).toEqual({ model: "opus", apiKeyHelper: "old" });
    write('{"model": "x"}');
    connect("ours");
    write(read().replace('"x"', '"y"'));
    undo();
    expect(JSON.parse(read())).toEqual({ model: "y" });
    rmSync(file);
    connect("ours");
    write(JSON.stringify({ ...(JSON.parse(read()) as object), model: "z" }));
    undo();
    expect(JSON.parse(read())).toEqual({ model: "z" });
  });

  it("is not taken back where somebody changed it since, unless that is said", () => {
    write(OLD);
    connect("ours");
    write('{ "apiKeyHelper": "theirs" }');
    expect(() => undo()).toThrow(
      expect.objectContaining({
        code: "CONFLICT",
        message: expect.stringContaining(file) as string,
        hint: expect.stringContaining("strongroom connect claude --undo --force") as string,
      }) as Error,
    );
    expect([read(), remembered()]).toEqual(['{ "apiKeyHelper": "theirs" }', 1]);
    undo(true);
    expect([read(), remembered()]).toEqual([OLD, 0]);
  });

  it("goes one by one where one was connected over the other", () => {
    write(OLD);
    connect("first");
    const first = read();
    connect("second");
    undo();
    expect(read()).toBe(first);
    undo();
    expect(read()).toBe(OLD);
    expect(() => undo()).toThrow(expect.objectContaining({ code: "NOT_FOUND" }) as Error);
  });

  it("is only forgotten where it is gone already, or never came to be", () => {
    write(OLD);
    connect("ours");
    write(OLD);
    expect([undo(), read(), remembered()]).toEqual(["", OLD, 0]);
    connect("ours");
    rmSync(file);
    expect([undo(), remembered()]).toEqual(["", 0]);
  });

  it("is not kept when the file could not be changed", () => {
    write(OLD);
    writeFileSync(`${file}.lock`, "");
    expect(() => connect("ours")).toThrow(expect.objectContaining({ code: "BUSY" }) as Error);
    expect([read(), remembered()]).toEqual([OLD, 0]);
  });

  it("has to be named where there are several", () => {
    write(OLD);
    connect("one", "a");
    connect("two", "b");
    expect(() => undo()).toThrow(expect.objectContaining({ code: "INVALID" }) as Error);
    expect(lastOf("claude", "a")).toMatchObject({ target: "a", value: '"one"' });
  });

  it("is that without a name, where none is named and others have one", () => {
    write(OLD);
    connect("one", "a");
    connect("all");
    connect("two", "b");
    expect(lastOf("claude", undefined)).toMatchObject({ target: "", value: '"all"' });
    write('{ "apiKeyHelper": "theirs" }');
    expect(() => undoing(lastOf("claude", "b"), PART, false)).toThrow(
      expect.objectContaining({
        hint: expect.stringContaining("strongroom connect claude b --undo --force") as string,
      }) as Error,
    );
  });

  it("is refused where what is remembered of it is damaged", () => {
    write(OLD);
    connect("ours");
    const [name = ""] = readdirSync(join(folder, "home/config/connections"));
    writeFileSync(join(folder, "home/config/connections", name), "{");
    expect(() => undo()).toThrow(expect.objectContaining({ code: "INVALID" }) as Error);
  });
});
