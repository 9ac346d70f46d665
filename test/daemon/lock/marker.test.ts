import { Marker } from "@strongroom/daemon/src/lock/marker.ts";
import { describe, expect, it } from "vitest";
import { HOME } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const made = (disk: SimulatedDisk): Marker => new Marker(disk, HOME.state);

describe("the marker of a locked vault", () => {
  it("says why, until it is removed", async () => {
    const disk = new SimulatedDisk();
    expect(await made(disk).read()).toBeUndefined();
    await made(disk).put("idle");
    expect(await made(disk).read()).toBe("idle");
    await made(disk).put("asked");
    expect(await made(disk).read()).toBe("idle");
    await made(disk).remove();
    await made(disk).remove();
    expect(await made(disk).read()).toBeUndefined();
  });

  it("locks although it is empty, or says what nobody understands", async () => {
    for (const text of ["", "nonsense", "\0"]) {
      const disk = new SimulatedDisk();
      disk.world.poke(`${HOME.state}/locked`, Buffer.from(text));
      expect(await made(disk).read()).toBe("asked");
    }
  });

  it("is there after a power cut once it was put, and gone once it was removed", async () => {
    for (let seed = 0; seed < 16; seed += 1) {
      const disk = new SimulatedDisk();
      await made(disk).put("asked");
      const after = disk.reboot({ kind: "subset", seed });
      expect(await made(after).read()).toBe("asked");
      await made(after).remove();
      expect(await made(after.reboot({ kind: "subset", seed })).read()).toBeUndefined();
    }
  });

  it("is refused by a full disk, naming the file", async () => {
    const disk = new SimulatedDisk();
    disk.trouble = "full";
    await expect(made(disk).put("asked")).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining(`${HOME.state}/locked`),
    });
  });

  it("that cannot be read, or is a link or a folder, locks as well", async () => {
    for (const code of ["EACCES", "ELOOP", "EISDIR"]) {
      const disk = new SimulatedDisk();
      disk.world.planted.set(`${HOME.state}/locked`, code);
      expect(await made(disk).read()).toBe("asked");
    }
  });

  it("is left by a disk that is full as soon as there is a name for it", async () => {
    const disk = new SimulatedDisk(undefined, { site: 2, action: "enospc" });
    await made(disk).put("idle");
    expect(await made(disk).read()).toBe("asked");
  });
});
