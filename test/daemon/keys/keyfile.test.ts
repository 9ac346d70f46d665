import { describe, expect, test } from "vitest";
import { readKeyfile } from "@strongroom/daemon/src/keys/keyfile.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const KEYFILE = `${HOME.config}/keyfile`;

async function born(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  await vault.append("one");
  await vault.close();
  return disk.reboot();
}

test("a key file is an age identity file whose comments pin vault and data key", async () => {
  const disk = await born();
  const lines = disk.world.peek(KEYFILE).toString().split("\n");
  expect(lines[0]).toMatch(/^# strongroom vault [0-9a-f]{32}$/);
  expect(lines[1]).toMatch(/^# key check [0-9a-f]{32}$/);
  expect(lines[3]).toMatch(/^# public key: age1[0-9a-z]{58}$/);
  expect(lines[4]).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}$/);
  expect(lines).toHaveLength(6);
  const keyfile = await readKeyfile(disk, KEYFILE);
  expect(keyfile?.vaultId.toString("hex")).toBe(lines[0]?.slice(-32));
});

async function refusedWith(content: Uint8Array | undefined): Promise<unknown> {
  const disk = await born();
  if (content === undefined) disk.world.remove(KEYFILE);
  else disk.world.poke(KEYFILE, content);
  const files = disk.world.files();
  const error: unknown = await OpaqueVault.open(disk).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    message: expect.stringContaining(KEYFILE),
    hint: expect.stringContaining("key file"),
  });
  expect(disk.sites, "nothing is written").toEqual([]);
  expect(disk.world.files()).toEqual(files);
  if (content !== undefined) expect(disk.world.peek(KEYFILE)).toEqual(Buffer.from(content));
  return error;
}

async function textOf(disk: SimulatedDisk): Promise<string> {
  return disk.world.peek(KEYFILE).toString();
}

describe("beside a vault, a key file that is", () => {
  test("missing is CORRUPT, and never made anew", async () => {
    expect(await refusedWith(undefined)).toMatchObject({ code: "CORRUPT" });
  });

  test("empty is CORRUPT", async () => {
    expect(await refusedWith(Buffer.alloc(0))).toMatchObject({ code: "CORRUPT" });
  });

  test("short is CORRUPT", async () => {
    const text = await textOf(await born());
    for (const length of [1, 40, text.length - 2, text.length - 60]) {
      expect(await refusedWith(Buffer.from(text.slice(0, length)))).toMatchObject({
        code: "CORRUPT",
      });
    }
  });

  test("without its comment lines is CORRUPT", async () => {
    const text = await textOf(await born());
    const bare = text.split("\n").filter((line) => !line.startsWith("#"));
    expect(await refusedWith(Buffer.from(bare.join("\n")))).toMatchObject({ code: "CORRUPT" });
  });

  test("no key file at all is CORRUPT", async () => {
    for (const content of ["garbage", "AGE-SECRET-KEY-1", "x".repeat(100_000)]) {
      expect(await refusedWith(Buffer.from(content))).toMatchObject({ code: "CORRUPT" });
    }
  });

  test("another vault's is WRONG_KEY", async () => {
    const other = await born();
    expect(await refusedWith(other.world.peek(KEYFILE))).toMatchObject({ code: "WRONG_KEY" });
  });

  test("another identity under this vault's comments is WRONG_KEY", async () => {
    const disk = await born();
    const mine = (await textOf(disk)).split("\n");
    const theirs = (await textOf(await born())).split("\n");
    mine[4] = theirs[4] ?? "";
    disk.world.poke(KEYFILE, Buffer.from(mine.join("\n")));
    await expect(OpaqueVault.open(disk)).rejects.toMatchObject({ code: "WRONG_KEY" });
  });

  test("pinned to another data key is ROLLED_BACK", async () => {
    const disk = await born();
    const text = (await textOf(disk)).replace(/check .{4}/, "check 0123");
    disk.world.poke(KEYFILE, Buffer.from(text));
    await expect(OpaqueVault.open(disk)).rejects.toMatchObject({ code: "ROLLED_BACK" });
  });

  test.each(["EACCES", "EIO", "ELOOP", "EINVAL", "EPERM"])(
    "unreadable stays that error: %s",
    async (code) => {
      const disk = await born();
      disk.world.planted.set(KEYFILE, code);
      await expect(OpaqueVault.open(disk)).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringMatching(`${KEYFILE}.*${code}`),
      });
      expect(disk.sites).toEqual([]);
    },
  );
});
