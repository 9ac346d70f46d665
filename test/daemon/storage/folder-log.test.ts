import { describe, expect, test } from "vitest";
import type { DiskFile } from "@strongroom/daemon/src/storage/disk.ts";
import { FRAME_HEADER_BYTES } from "@strongroom/daemon/src/storage/frame.ts";
import { framePlaces } from "../../support/journal-frames.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { FaultAction } from "../../support/simulated-disk.ts";

/** A vault with one text, on a disk that fails the first site of a kind that comes next. */
async function failing(
  action: FaultAction,
  kind: string,
): Promise<{ vault: OpaqueVault; disk: SimulatedDisk }> {
  const probe = new SimulatedDisk();
  const rehearsed = await OpaqueVault.open(probe);
  await rehearsed.append("one");
  const passed = probe.sites.length;
  await rehearsed.append("two");
  const offset = probe.sites.slice(passed).findIndex((site) => site.kind === kind);
  const disk = new SimulatedDisk(undefined, { site: passed + offset + 1, action });
  const vault = await OpaqueVault.open(disk);
  await vault.append("one");
  return { vault, disk };
}

function find(disk: SimulatedDisk, part: string): string {
  return disk.world.files().find((path) => path.includes(part)) ?? "";
}

/** The text of a `vault.json` that is as good as this one, and another vault's. */
function swapDigits(text: string): string {
  return text.replace(/[0-9a-f](?="\}\n$)/, (digit) => (digit === "0" ? "1" : "0"));
}

/** A disk that knows how many of its files are open. */
class CountingDisk extends SimulatedDisk {
  opened = 0;

  override async open(path: string): Promise<DiskFile> {
    return this.#counted(await super.open(path));
  }

  override async create(path: string): Promise<DiskFile> {
    return this.#counted(await super.create(path));
  }

  #counted(file: DiskFile): DiskFile {
    this.opened += 1;
    const close = file.close.bind(file);
    file.close = async () => {
      this.opened -= 1;
      await close();
    };
    return file;
  }
}

describe("a sync that fails", () => {
  test("poisons the log for good, though the next one would succeed", async () => {
    const { vault, disk } = await failing("eio", "sync");
    await expect(vault.append("two")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    const sites = disk.sites.length;
    await expect(vault.append("three")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    await expect(vault.compact()).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    await expect(vault.log.verify()).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    expect(() => vault.log.fence()).toThrow(
      expect.objectContaining({ code: "DURABILITY_UNKNOWN" }),
    );
    vault.log.mark();
    expect(disk.sites).toHaveLength(sites);
  });
});

test("a write of which the system takes a part is gone on with", async () => {
  const { vault, disk } = await failing("short", "write");
  await vault.append("two");
  await vault.append("three");
  const after = disk.reboot({ kind: "drop" });
  expect((await OpaqueVault.open(after)).texts).toEqual(["one", "two", "three"]);
});

test("the mark follows the frame and never leads, whatever of both reaches the disk", async () => {
  for (let seed = 0; seed < 16; seed += 1) {
    const { vault, disk } = await failing("kill-before", "sync");
    await expect(vault.append("two")).rejects.toThrow();
    const { texts } = await OpaqueVault.open(disk.reboot({ kind: "subset", seed }));
    expect(texts.slice(0, 1), `seed ${seed}`).toEqual(["one"]);
  }
});

test("power lost at any call of a compaction leaves a vault that opens with all it had", async () => {
  const probe = new SimulatedDisk();
  const rehearsed = await OpaqueVault.open(probe);
  await rehearsed.append("one");
  const first = probe.sites.length + 1;
  await rehearsed.compact();
  for (let site = first; site <= probe.sites.length; site += 1) {
    for (let seed = 0; seed < 8; seed += 1) {
      const disk = new SimulatedDisk(undefined, { site, action: "kill-after" });
      const vault = await OpaqueVault.open(disk);
      await vault.append("one");
      await vault.compact().catch(() => {});
      const { texts } = await OpaqueVault.open(disk.reboot({ kind: "subset", seed }));
      expect(texts, `site ${site}, seed ${seed}`).toEqual(["one"]);
    }
  }
});

describe("a full disk", () => {
  test("refuses the frame cleanly when nothing was written, and goes on", async () => {
    const { vault, disk } = await failing("enospc", "write");
    await expect(vault.append("two")).rejects.toMatchObject({ code: "DISK_FULL" });
    await vault.append("three");
    const journal = disk.world.peek(find(disk, "journal."));
    const nonces = framePlaces(journal).map((place) => journal.readBigUInt64BE(place.from + 24));
    expect(nonces).toEqual([1n, 3n]);
    await vault.close();
    expect((await OpaqueVault.open(disk.reboot())).texts).toEqual(["one", "three"]);
  });

  test("leaves room for deletions after it refuses the rest", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    disk.trouble = "full";
    const text = "x".repeat(400);
    let taken = 0;
    await expect(
      (async () => {
        for (;;) {
          await vault.append(text);
          taken += 1;
        }
      })(),
    ).rejects.toMatchObject({ code: "DISK_FULL" });
    expect(taken).toBeGreaterThan(20);
    let reserved = 0;
    while (reserved < 5) {
      await vault.append(`deletion ${reserved}`, true);
      reserved += 1;
    }
    disk.trouble = "none";
    await vault.append("room again");
    await vault.close();
    expect((await OpaqueVault.open(disk)).texts).toHaveLength(taken + 6);
  });

  test("like too many open files refuses a compaction cleanly before it claims", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    const create = disk.create.bind(disk);
    disk.create = () => Promise.reject(Object.assign(new Error("EMFILE"), { code: "EMFILE" }));
    await expect(vault.compact()).rejects.toMatchObject({ code: "BUSY" });
    disk.create = create;
    await vault.append("one");
    await vault.compact();
  });

  test("refuses a compaction cleanly, and goes on with the epoch that it has", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    const { epoch } = vault.log.figures();
    const files = disk.world.files();
    disk.trouble = "full";
    await expect(vault.compact()).rejects.toMatchObject({ code: "DISK_FULL" });
    disk.trouble = "none";
    expect(disk.world.files()).toEqual(files);
    expect(vault.log.figures().epoch).toBe(epoch);
    await vault.append("two");
    await vault.compact();
    expect(vault.log.figures().epoch).not.toBe(epoch);
    await vault.close();
    expect((await OpaqueVault.open(disk)).texts).toEqual(["one", "two"]);
  });
});

describe("the fence", () => {
  test("keeps a frame from being acknowledged once another process claimed the vault", async () => {
    const disk = new SimulatedDisk();
    const first = await OpaqueVault.open(disk);
    await first.append("one");
    const second = await OpaqueVault.open(disk);
    await expect(first.append("two")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    await second.append("three");
    await second.close();
    expect((await OpaqueVault.open(disk)).texts).toEqual(["one", "three"]);
  });

  test("notices when the journal was removed, or replaced by a copy", async () => {
    for (const copied of [false, true]) {
      const disk = new SimulatedDisk();
      const vault = await OpaqueVault.open(disk);
      const journal = find(disk, "journal.");
      const content = disk.world.peek(journal);
      disk.world.remove(journal);
      if (copied) disk.world.poke(journal, content);
      expect(() => vault.log.fence()).toThrow(
        expect.objectContaining({ code: "DURABILITY_UNKNOWN" }),
      );
      await expect(vault.append("one")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    }
  });

  test("notices a process that came, compacted and took its first claim away again", async () => {
    const disk = new SimulatedDisk();
    const first = await OpaqueVault.open(disk);
    const second = await OpaqueVault.open(disk);
    await second.compact();
    await second.compact();
    expect(() => first.log.fence()).toThrow(
      expect.objectContaining({ code: "DURABILITY_UNKNOWN" }),
    );
  });

  test("looked at while a compaction claims its epoch, takes that claim for no other's", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    const create = disk.create.bind(disk);
    let looked = false;
    disk.create = async (path) => {
      const file = await create(path);
      // The file is there before the log hears of it, and a read may look just then.
      vault.log.fence();
      looked = true;
      return file;
    };
    await vault.compact();
    disk.create = create;
    expect(looked).toBe(true);
    await vault.append("two");
    await vault.close();
    expect((await OpaqueVault.open(disk)).texts).toEqual(["one", "two"]);
  });

  test("notices a process that takes the epoch which a compaction is about to claim", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    const create = disk.create.bind(disk);
    const unlink = disk.unlink.bind(disk);
    let broken: unknown;
    disk.create = async (path) => {
      disk.create = create;
      disk.unlink = async (removed) => {
        disk.unlink = unlink;
        // The other is about to remove our journal: it may have served by now.
        await Promise.resolve()
          .then(() => vault.log.fence())
          .catch((error: unknown) => (broken = error));
        await unlink(removed);
      };
      await (await OpaqueVault.open(disk)).append("two");
      return await create(path);
    };
    await expect(vault.compact()).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    expect(broken).toMatchObject({ code: "DURABILITY_UNKNOWN" });
    expect((await OpaqueVault.open(disk)).texts).toEqual(["one", "two"]);
  });

  test("removes nothing when another process claims the vault while a compaction writes", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    const epochOne = disk.world.files().filter((path) => path.endsWith(".0000000000000001"));
    const create = disk.create.bind(disk);
    disk.create = async (path) => {
      if (path.includes("snapshot.")) {
        disk.create = create;
        await (await create(`${HOME.vault}/claim.0000000000000003`)).close();
      }
      return await create(path);
    };
    await expect(vault.compact()).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    expect(epochOne.length).toBe(3);
    expect(disk.world.files()).toEqual(expect.arrayContaining(epochOne));
  });

  test("notices every claim above its own when it is asked, whatever became of the next one", async () => {
    const disk = new SimulatedDisk();
    const first = await OpaqueVault.open(disk);
    await first.append("one");
    const next = `${HOME.vault}/claim.0000000000000002`;
    // One that came first and could not open takes its claim back when another has seen it.
    disk.world.poke(next, Buffer.alloc(0));
    await (await disk.create(`${HOME.vault}/claim.0000000000000003`)).close();
    disk.world.remove(next);
    expect(() => first.log.fence()).toThrow(
      expect.objectContaining({ code: "DURABILITY_UNKNOWN" }),
    );
    await expect(first.append("two")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
  });

  test("looks over a claim that nobody can have made by counting", async () => {
    const disk = new SimulatedDisk();
    await (await OpaqueVault.open(disk)).close();
    await (await disk.create(`${HOME.vault}/claim.0000000000000402`)).close();
    const vault = await OpaqueVault.open(disk);
    expect(vault.log.figures().strangers).toEqual(["claim.0000000000000402"]);
    vault.log.fence();
    await vault.append("one");
  });

  test("that cannot be looked at refuses who only asks, and goes on", async () => {
    for (const code of ["EMFILE", "ENFILE"]) {
      const disk = new SimulatedDisk();
      const vault = await OpaqueVault.open(disk);
      const { listNow } = disk;
      disk.listNow = () => {
        throw Object.assign(new Error(code), { code });
      };
      expect(() => vault.log.fence()).toThrow(expect.objectContaining({ code: "BUSY" }));
      disk.listNow = listNow;
      vault.log.fence();
      await vault.append("one");
    }
  });

  test("that cannot be looked at behind a frame poisons the log: it is not known whose it is", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    disk.world.poke(`${HOME.vault}/stranger`, Buffer.alloc(0));
    disk.listNow = () => {
      throw Object.assign(new Error("EMFILE"), { code: "EMFILE" });
    };
    await expect(vault.append("two")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    await expect(vault.append("three")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
  });

  test("found broken by a reader while a frame is on its way fails that frame and all others", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    await vault.append("two");
    const { listNow } = disk;
    disk.beforeSync = async () => {
      disk.beforeSync = undefined;
      // The folder itself stays as it was, so its stamp tells the frame nothing.
      disk.listNow = () => ["claim.0000000000000002"];
      expect(() => vault.log.fence()).toThrow();
      disk.listNow = listNow;
    };
    await expect(vault.append("three")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
    await expect(vault.append("four")).rejects.toMatchObject({ code: "DURABILITY_UNKNOWN" });
  });

  test("swaps with the epoch: a compaction's own claim is no stranger", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.compact();
    expect(() => vault.log.fence()).not.toThrow();
    await vault.append("one");
  });
});

describe("compaction", () => {
  test("is refused beside a frame in flight, and a frame beside a compaction", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    const appending = vault.append("one");
    await expect(vault.compact()).rejects.toThrow(TypeError);
    await appending;
    const compacting = vault.compact();
    await expect(vault.log.append(Buffer.from("two"), { reserve: false })).rejects.toThrow(
      TypeError,
    );
    await compacting;
    await vault.append("three");
    await vault.close();
    expect((await OpaqueVault.open(disk)).texts).toEqual(["one", "three"]);
  });

  test("keeps no file of the epochs before open", async () => {
    const disk = new CountingDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.compact();
    const before = disk.opened;
    for (let epoch = 0; epoch < 3; epoch += 1) await vault.compact();
    expect([before > 0, disk.opened]).toEqual([true, before]);
  });

  test("removes the files of the epochs before", async () => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    await vault.append("one");
    await vault.compact();
    const names = (await disk.list(HOME.vault)).toSorted();
    expect(names).toEqual([
      "claim.0000000000000002",
      "journal.0000000000000002",
      "slots.json",
      "slots.previous.json",
      "snapshot.0000000000000002",
      "vault.json",
    ]);
  });

  test("lets the loop run while it writes", async () => {
    const disk = new SimulatedDisk();
    let now = 0;
    const vault = await OpaqueVault.open(disk, { monotonic: () => (now += 20) });
    for (let index = 0; index < 40; index += 1) await vault.append("x".repeat(15_000));
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await vault.compact();
    done = true;
    expect(turns).toBeGreaterThan(5);
  });
});

test("verify finds a frame that changed behind the log's back", async () => {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  await vault.append("one");
  await vault.append("two");
  await expect(vault.log.verify()).resolves.toEqual({ frames: 2 });
  const journal = find(disk, "journal.");
  const content = disk.world.peek(journal);
  const last = framePlaces(content)[1]?.from ?? 0;
  content.writeUInt8(1 ^ (content[last + FRAME_HEADER_BYTES] ?? 0), last + FRAME_HEADER_BYTES);
  disk.world.poke(journal, content);
  await expect(vault.log.verify()).rejects.toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining(journal),
  });
});

describe("verify reads the files that lead to the key, too", () => {
  const changes: readonly (readonly [string, string, (text: string) => string])[] = [
    ["a slot", "slots.json", (text) => text.replace("keyfile", "keyfilf")],
    ["the text of vault.json", "vault.json", (text) => text.slice(1)],
    ["the vault that vault.json names", "vault.json", swapDigits],
  ];
  const gone = ["slots.json", "vault.json"];
  const disks = [
    ["a disk that takes writes", "none"],
    ["a full disk", "full"],
  ] as const;

  const cases = changes.flatMap(([what, name, change]) =>
    disks.map(([where, trouble]) => [what, where, name, change, trouble] as const),
  );

  test.each(cases)(
    "and finds that %s changed, on %s",
    async (_what, _where, name, change, trouble) => {
      const disk = new SimulatedDisk();
      await (await OpaqueVault.open(disk)).close();
      disk.trouble = trouble;
      const vault = await OpaqueVault.open(disk);
      await expect(vault.log.verify()).resolves.toMatchObject({ frames: 0 });
      const path = `${HOME.vault}/${name}`;
      const text = disk.world.peek(path).toString();
      const changed = change(text);
      expect(changed).not.toBe(text);
      disk.world.poke(path, Buffer.from(changed));
      await expect(vault.log.verify()).rejects.toMatchObject({
        code: "CORRUPT",
        message: expect.stringContaining(path),
      });
    },
  );

  test.each(gone)("and finds that %s is gone", async (name) => {
    const disk = new SimulatedDisk();
    const vault = await OpaqueVault.open(disk);
    disk.world.remove(`${HOME.vault}/${name}`);
    await expect(vault.log.verify()).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(`${HOME.vault}/${name}`),
    });
  });

  test.each([
    ["EIO", "UNAVAILABLE", "journal.0000000000000001", "/journal.0000000000000001: "],
    ["EACCES", "UNAVAILABLE", "vault.json", "/vault.json: "],
    ["EMFILE", "BUSY", "vault.json", ": "],
  ])(
    "and refuses what the system refuses with %s as %s, by name",
    async (code, said, name, named) => {
      const disk = new SimulatedDisk();
      const vault = await OpaqueVault.open(disk);
      disk.world.planted.set(`${HOME.vault}/${name}`, code);
      await expect(vault.log.verify()).rejects.toMatchObject({
        code: said,
        message: expect.stringContaining(`${HOME.vault}${named}`),
        hint: expect.any(String),
      });
      disk.world.planted.clear();
      await expect(vault.log.verify()).resolves.toEqual({ frames: 0 });
    },
  );
});

test("two openings never use one key and nonce twice", async () => {
  const disk = new SimulatedDisk();
  const seals: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const vault = await OpaqueVault.open(disk);
    await vault.append("the same");
    const journal = disk.world.peek(find(disk, "journal."));
    const [place] = framePlaces(journal);
    seals.push(journal.toString("hex", (place?.from ?? 0) + FRAME_HEADER_BYTES, place?.to));
    await vault.close();
  }
  expect(new Set(seals).size).toBe(3);
  const salts = new Set(seals.map((seal) => seal.slice(0, 16)));
  expect(salts.size).toBe(3);
});
