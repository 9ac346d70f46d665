import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moveAside, shellWord } from "@strongroom/client/protocol";
import { describe, expect, it, onTestFinished } from "vitest";

const PLAIN = ["/a/b-c.d", "a", "x@y", "50%", "a=b"];
const ODD = [
  "",
  " ",
  "it's",
  '"',
  "$HOME",
  "`id`",
  "a;b",
  "~",
  "-",
  "a\nb",
  "\\",
  "*",
  "#a",
  "!!",
  "'",
];

describe("shellWord", () => {
  it.each(PLAIN)("leaves what means itself as it is: %j", (word) => {
    expect(shellWord(word)).toBe(word);
  });

  it.skipIf(process.platform === "win32")("is taken by a shell for the word itself", () => {
    const words = [...PLAIN, ...ODD, ODD.join("")];
    const script = `printf '%s\\0' ${words.map(shellWord).join(" ")}`;
    const said = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
    expect(said.split("\0")).toEqual([...words, ""]);
  });
});

describe.skipIf(process.platform === "win32")("moveAside", () => {
  it("puts a file aside, and not over what is there", () => {
    const folder = mkdtempSync(join(tmpdir(), "sr it's-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "a b");
    for (const text of ["1", "2"]) {
      writeFileSync(path, text);
      execFileSync("/bin/sh", ["-c", `${moveAside(path)} || true`]);
    }
    expect(readdirSync(folder)).toEqual(["a b", "a b.old"]);
    expect(readFileSync(`${path}.old`, "utf8")).toBe("1");
  });
});
