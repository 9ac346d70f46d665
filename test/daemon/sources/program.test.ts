import { chmodSync, copyFileSync, mkdirSync, mkdtempSync } from "node:fs";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { firstLine } from "@strongroom/daemon/src/sources/program.ts";
import { afterAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "strongroom-program-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
function program(text: string, mode = 0o700): string {
  made += 1;
  const path = join(folder, `program-${made}`);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, mode);
  return path;
}

describe.skipIf(process.platform === "win32")("a program that gives a key", () => {
  it("says it in its first line, whatever follows", async () => {
    const path = program('printf "%s %s\\nsecond\\n" "$1" "$#"');
    expect(await firstLine([path, "a b; c"], "s")).toBe("a b; c 1");
  });

  it("gets a clean environment, nothing on its standard input, and a folder of no use", async () => {
    process.env["STRONGROOM_TEST_SECRET"] = "hunter2";
    const out = join(folder, "environment");
    const path = program(`env > ${out}; pwd >> ${out}; cat; echo done`);
    expect(await firstLine([path], "s")).toBe("done");
    delete process.env["STRONGROOM_TEST_SECRET"];
    const text = readFileSync(out, "utf8");
    expect(text).not.toContain("hunter2");
    expect(text).toMatch(/^PATH=\/usr\/local\/sbin:/m);
    expect(text).toMatch(/^\/$/m);
  });

  it("is run by its absolute path alone, without a shell", async () => {
    for (const argv of [["echo", "x"], ["./echo"], []]) {
      await expect(firstLine(argv, "s")).rejects.toMatchObject({ code: "DENIED" });
    }
    await expect(firstLine(["/bin/echo x"], "s")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      hint: expect.stringContaining("strongroom unlock") as string,
    });
    await expect(firstLine(["/bin/echo x"], undefined)).rejects.toMatchObject({
      message: 'the new slot ("/bin/echo x"): its program is not there',
      hint: expect.stringContaining("strongroom slot add command -- /PROGRAM") as string,
    });
  });

  it.each([0o777, 0o722, 0o720, 0o702])(
    "is refused when others may write it (%o)",
    async (mode) => {
      await expect(firstLine([program("echo x", mode)], "s")).rejects.toMatchObject({
        code: "DENIED",
        message: expect.stringContaining("slot s") as string,
      });
    },
  );

  it("is refused when others may put another in its place", async () => {
    const shared = join(folder, "shared");
    mkdirSync(join(shared, "own"), { recursive: true });
    const path = join(shared, "own", "program");
    copyFileSync(program("echo x"), path);
    const link = join(folder, "link");
    symlinkSync(path, link);
    expect(await firstLine([link], "s")).toBe("x");
    chmodSync(shared, 0o777);
    for (const each of [path, link]) {
      await expect(firstLine([each], "s")).rejects.toMatchObject({
        code: "DENIED",
        message: expect.stringContaining("in a folder that other users can change") as string,
      });
    }
    chmodSync(shared, 0o1777);
    expect(await firstLine([path], "s")).toBe("x");
  });

  it("is refused when it is a folder or is not there", async () => {
    await expect(firstLine([folder], "s")).rejects.toMatchObject({ code: "DENIED" });
    await expect(firstLine([join(folder, "none")], "s")).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  it("fails with the name of the slot and nothing of what it wrote", async () => {
    const failures = [
      program("echo hunter2; echo hunter2 >&2; exit 3"),
      program("echo hunter2; kill -9 $$"),
      program("yes hunter2"),
    ];
    for (const path of failures) {
      const failure = await firstLine([path], "0123").catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "UNAVAILABLE" });
      expect(String(failure)).toContain("slot 0123");
      expect(String(failure)).not.toContain("hunter2");
    }
  });

  it("is ended after the deadline, with all that it started", async () => {
    const left = join(folder, "left");
    const path = program(`(sleep 1; echo late > ${left}) & sleep 30`);
    const began = performance.now();
    await expect(firstLine([path], "s", 200)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("0.2 s") as string,
    });
    expect(performance.now() - began).toBeLessThan(3000);
    await sleep(1300);
    expect(() => readFileSync(left)).toThrow(/ENOENT/);
  });

  it("is not waited for beyond the deadline by what it leaves running", async () => {
    const path = program("sleep 30 & echo key");
    const began = performance.now();
    await expect(firstLine([path], "s", 300)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(performance.now() - began).toBeLessThan(3000);
  });
});
