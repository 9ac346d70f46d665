import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changeConfig, openConfig } from "strongroom/src/connect/config-file.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-config-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function refused(code: string): Error {
  return expect.objectContaining({ code }) as Error;
}

describe.skipIf(process.platform === "win32")("a tool's file", () => {
  it("keeps its mode and its links when it is changed, and leaves nothing beside it", () => {
    mkdirSync(join(folder, "dotfiles"));
    const real = join(folder, "dotfiles", "config");
    writeFileSync(real, "one\n");
    chmodSync(real, 0o640);
    symlinkSync("dotfiles/config", join(folder, "link"));
    const found = openConfig(join(folder, "link"));
    expect(found).toMatchObject({ path: real, text: "one\n" });
    changeConfig(found, "two\n");
    expect(readFileSync(real, "utf8")).toBe("two\n");
    expect(statSync(real).mode & 0o777).toBe(0o640);
    expect(readlinkSync(join(folder, "link"))).toBe("dotfiles/config");
    expect(lstatSync(real).isFile()).toBe(true);
    expect([readdirSync(folder), readdirSync(join(folder, "dotfiles"))]).toEqual([
      ["dotfiles", "link"],
      ["config"],
    ]);
  });

  it("is made for its owner alone, with its folder, and goes again", () => {
    const file = join(folder, "new", "deep", "config");
    const found = openConfig(file);
    expect(found.text).toBeUndefined();
    changeConfig(found, "one\n");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
    changeConfig(openConfig(file), undefined);
    expect(readdirSync(join(folder, "new", "deep"))).toEqual([]);
  });

  it("is left alone when it is not what it was when it was shown", () => {
    const file = join(folder, "config");
    for (const before of [undefined, "one\n"]) {
      if (before !== undefined) writeFileSync(file, before);
      const found = openConfig(file);
      writeFileSync(file, "somebody else's\n");
      expect(() => changeConfig(found, "two\n")).toThrow(refused("CONFLICT"));
      expect(readFileSync(file, "utf8")).toBe("somebody else's\n");
      rmSync(file);
    }
  });

  it("waits for nobody who writes it, and takes no lock away that is not its own", () => {
    const file = join(folder, "config");
    writeFileSync(file, "one\n");
    symlinkSync("config", join(folder, "link"));
    for (const lock of ["config.lock", "link.lock"]) {
      writeFileSync(join(folder, lock), "");
      expect(() => changeConfig(openConfig(join(folder, "link")), "two\n")).toThrow(
        refused("BUSY"),
      );
      expect(readdirSync(folder)).toEqual(["config", lock, "link"].toSorted());
      rmSync(join(folder, lock));
    }
    expect(readFileSync(file, "utf8")).toBe("one\n");
  });

  it("is refused when it is no regular file, has other names, or leads nowhere", () => {
    mkdirSync(join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    writeFileSync(join(folder, "one"), "");
    linkSync(join(folder, "one"), join(folder, "other"));
    symlinkSync("nothing", join(folder, "dangling"));
    for (const name of ["folder", "pipe", "one", "dangling"]) {
      expect(() => openConfig(join(folder, name)), name).toThrow(refused("DENIED"));
    }
    writeFileSync(join(folder, "bytes"), Buffer.of(0xff, 0xfe));
    expect(() => openConfig(join(folder, "bytes"))).toThrow(refused("INVALID"));
    expect(() => openConfig(join(folder, "one", "below"))).toThrow(refused("INVALID"));
  });

  it.skipIf(process.getuid?.() !== 0)("is refused when it is another user's", () => {
    const file = join(folder, "config");
    writeFileSync(file, "one\n");
    chownSync(file, 4242, 4242);
    expect(() => openConfig(file)).toThrow(refused("DENIED"));
    chownSync(file, 0, 4242);
    changeConfig(openConfig(file), "two\n");
    expect([statSync(file).uid, statSync(file).gid]).toEqual([0, 4242]);
  });
});
