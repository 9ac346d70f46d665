import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readPipeSecret } from "@strongroom/client/protocol";
import { PipeSecret } from "@strongroom/daemon/src/guard/pipe-secret.ts";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strongroom-secret-"));
  path = join(folder, "daemon.secret");
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

describe("the secret of a start", () => {
  it("is another one for each daemon, and its owner's alone", async () => {
    const first = new PipeSecret(path);
    await first.publish();
    expect(readPipeSecret(path)).toEqual(first.bytes);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    const second = new PipeSecret(path);
    expect(second.isOurs()).toBe(false);
    await second.publish();
    expect([first.isOurs(), second.isOurs()]).toEqual([false, true]);
    expect(first.bytes).toHaveLength(32);
    expect(first.bytes).not.toEqual(second.bytes);
  });

  it("follows no link that somebody put at its path", async () => {
    const elsewhere = join(folder, "elsewhere");
    writeFileSync(elsewhere, "precious");
    symlinkSync(elsewhere, path);
    const secret = new PipeSecret(path);
    await secret.publish();
    expect(secret.isOurs()).toBe(true);
    expect(readFileSync(elsewhere, "utf8")).toBe("precious");
  });

  it("takes the place of a folder that is in its way", async () => {
    mkdirSync(join(path, "inside"), { recursive: true });
    const secret = new PipeSecret(path);
    await secret.publish();
    expect(secret.isOurs()).toBe(true);
  });

  it("is not written anew while it is there", async () => {
    const secret = new PipeSecret(path);
    await secret.publish();
    const { ino } = lstatSync(path, { bigint: true });
    await secret.publish();
    expect(lstatSync(path, { bigint: true }).ino).toBe(ino);
  });

  it("is taken back for good, and never that of another daemon", async () => {
    const first = new PipeSecret(path);
    await first.publish();
    const second = new PipeSecret(path);
    await second.publish();
    await first.remove();
    expect(second.isOurs()).toBe(true);
    await second.remove();
    await second.publish();
    expect(readdirSync(folder)).toEqual([]);
  });
});
