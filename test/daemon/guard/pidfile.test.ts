import {
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import files from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRecord } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { Pidfile } from "@strongroom/daemon/src/guard/pidfile.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openFiles } from "../../support/open-files.ts";

const record: DaemonRecord = {
  pid: process.pid,
  startTime: null,
  bootId: null,
  namespace: null,
  socket: null,
  folder: null,
  version: "0.1.0",
  protocol: 1,
  endpoint: "/x.sock",
  epoch: null,
};
let folder = "";
const path = (): string => join(folder, "daemon.pid");
const made: Pidfile[] = [];
const pidfileAt = (where: string): Pidfile => {
  const pidfile = new Pidfile(where);
  made.push(pidfile);
  return pidfile;
};

/** What happens each time just before a file is given the record's name; tells how often it was. */
function beforeLink(happens: (temporary: string, time: number) => void): () => number {
  const { link } = files;
  let times = 0;
  vi.spyOn(files, "link").mockImplementation((from, to) => {
    times += 1;
    happens(String(from), times);
    return link(from, to);
  });
  syncBuiltinESMExports();
  return () => times;
}

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}

/** The methods that all open files share. */
async function methods(): Promise<FileHandle> {
  const file = await files.open(join(folder, "probe"), "w");
  await file.close();
  unlinkSync(join(folder, "probe"));
  return Object.getPrototypeOf(file) as FileHandle;
}

const held = (expected: number): number => openFiles(folder, expected);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pidfile-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  // Each holds its file open, and from Node 25 on a handle that is merely forgotten is an error.
  for (const pidfile of made.splice(0)) await pidfile.remove();
  rmSync(folder, { recursive: true });
});

describe("Pidfile", () => {
  const leftovers: readonly (readonly [string, () => void])[] = [
    ["nothing", () => undefined],
    ["an empty file", () => writeFileSync(path(), "")],
    ["garbage", () => writeFileSync(path(), "4711")],
    ["a folder", () => mkdirSync(path())],
    ["a folder that holds something", () => mkdirSync(join(path(), "x"), { recursive: true })],
    ["a link", () => symlinkSync(join(folder, "target"), path())],
    ["a link to nothing", () => symlinkSync(join(folder, "nothing"), path())],
    ["a file with two names", () => linkSync(join(folder, "target"), path())],
  ];

  it.each(leftovers)("is published whole where %s was", async (_, leave) => {
    writeFileSync(join(folder, "target"), "untouched");
    leave();
    const pidfile = pidfileAt(path());
    await pidfile.publish(record);
    expect(pidfile.isOurs()).toBe(true);
    expect(readRecord(path())).toStrictEqual(record);
    expect(lstatSync(path()).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("untouched");
    expect(readdirSync(folder)).not.toContain("nothing");
  });

  it("leaves no temporary name behind, not even that of a killed starter", async () => {
    writeFileSync(`${path()}.0badcafe`, "half a rec");
    await pidfileAt(path()).publish(record);
    expect(readdirSync(folder)).toStrictEqual(["daemon.pid"]);
  });

  it("is replaced by its own later record without a moment of absence", async () => {
    const pidfile = pidfileAt(path());
    await pidfile.publish(record);
    await pidfile.publish({ ...record, epoch: "0000000000000001" });
    expect(readRecord(path())?.epoch).toBe("0000000000000001");
    expect(pidfile.isOurs()).toBe(true);
  });

  it("stays removed, whatever was still to be published", async () => {
    const pidfile = pidfileAt(path());
    const publications = [record, record].map((each) => pidfile.publish(each));
    const removal = pidfile.remove();
    await Promise.all([...publications, removal, pidfile.publish(record)]);
    expect(readdirSync(folder)).toStrictEqual([]);
  });

  it("is removed at the end, and another's is not", async () => {
    const pidfile = pidfileAt(path());
    await pidfile.publish(record);
    await pidfile.remove();
    expect(readdirSync(folder)).toStrictEqual([]);
    const former = pidfileAt(path());
    await former.publish(record);
    unlinkSync(path());
    writeFileSync(path(), "the successor's");
    expect(former.isOurs()).toBe(false);
    await former.remove();
    expect(readFileSync(path(), "utf8")).toBe("the successor's");
  });
});

describe("Pidfile beside somebody who writes to its path", () => {
  const intrude = (): void => writeFileSync(path(), "another's");

  it("is published at the fifth attempt, and whole when it gets its name", async () => {
    const times = beforeLink((temporary, time) => {
      expect(readRecord(temporary)).toStrictEqual(record);
      if (time < 5) intrude();
    });
    const pidfile = pidfileAt(path());
    await pidfile.publish(record);
    expect(times()).toBe(5);
    expect(readRecord(path())).toStrictEqual(record);
    expect(pidfile.isOurs()).toBe(true);
  });

  it("gives up after the fifth, keeps nothing, and is published when it has peace", async () => {
    const times = beforeLink(intrude);
    const pidfile = pidfileAt(path());
    await expect(pidfile.publish(record)).rejects.toMatchObject({ code: "EEXIST" });
    expect(times()).toBe(5);
    expect(readdirSync(folder)).toStrictEqual(["daemon.pid"]);
    expect(readFileSync(path(), "utf8")).toBe("another's");
    expect(held(0)).toBe(0);
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    await pidfile.publish(record);
    expect(pidfile.isOurs()).toBe(true);
  });
});

describe("Pidfile on a disk that refuses", () => {
  it.each(["EMLINK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM", "EXDEV"])(
    "links with %s is written in place, and replaced without them",
    async (code) => {
      const times = beforeLink(() => {
        throw failure(code);
      });
      const pidfile = pidfileAt(path());
      for (const epoch of ["0000000000000001", "0000000000000002"]) {
        await pidfile.publish({ ...record, epoch });
        expect(readRecord(path())?.epoch).toBe(epoch);
        expect(lstatSync(path()).mode & 0o777).toBe(0o600);
        expect(pidfile.isOurs()).toBe(true);
        expect(readdirSync(folder)).toStrictEqual(["daemon.pid"]);
        expect(held(1)).toBe(1);
      }
      expect(times()).toBe(1);
    },
  );

  it("a link for another reason tries no more, and keeps nothing", async () => {
    const times = beforeLink(() => {
      throw failure("EIO");
    });
    await expect(pidfileAt(path()).publish(record)).rejects.toMatchObject({ code: "EIO" });
    expect(times()).toBe(1);
    expect(readdirSync(folder)).toStrictEqual([]);
    expect(held(0)).toBe(0);
  });

  it("to close what was to be linked says so, and keeps nothing", async () => {
    beforeLink(() => {
      throw failure("EPERM");
    });
    const { open } = files;
    vi.spyOn(files, "open").mockImplementationOnce(async (...args: Parameters<typeof open>) => {
      const file = await open(...args);
      const close = file.close.bind(file);
      vi.spyOn(file, "close").mockImplementationOnce(async () => {
        await close();
        throw failure("EIO");
      });
      return file;
    });
    syncBuiltinESMExports();
    await expect(pidfileAt(path()).publish(record)).rejects.toMatchObject({ code: "EIO" });
    expect(readdirSync(folder)).toStrictEqual([]);
    expect(held(0)).toBe(0);
  });

  it.each(["writeFile", "sync"] as const)("%s keeps nothing", async (call) => {
    vi.spyOn(await methods(), call).mockRejectedValue(failure("ENOSPC"));
    await expect(pidfileAt(path()).publish(record)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(readdirSync(folder)).toStrictEqual([]);
    expect(held(0)).toBe(0);
  });
});

describe("Pidfile on a slow disk", () => {
  it("has its text on the disk before it has its name", async () => {
    const shared = await methods();
    const { writeFile, sync } = shared;
    let synced = 0;
    vi.spyOn(shared, "writeFile").mockImplementation(async function (this: FileHandle, text) {
      await sleep(20);
      await writeFile.call(this, text);
    });
    vi.spyOn(shared, "sync").mockImplementation(async function (this: FileHandle) {
      await sleep(20);
      await sync.call(this);
      synced += 1;
    });
    beforeLink((temporary) => {
      expect(readRecord(temporary)).toStrictEqual(record);
      expect(synced).toBe(1);
    });
    await pidfileAt(path()).publish(record);
    expect(synced).toBe(1);
  });

  it("is replaced and removed when that is said, and holds one file open until it is removed", async () => {
    const { rename, unlink } = files;
    vi.spyOn(files, "rename").mockImplementation(async (from, to) => {
      await sleep(20);
      await rename(from, to);
    });
    vi.spyOn(files, "unlink").mockImplementation(async (name) => {
      await sleep(20);
      await unlink(name);
    });
    syncBuiltinESMExports();
    const pidfile = pidfileAt(path());
    await pidfile.publish(record);
    await pidfile.publish({ ...record, epoch: "0000000000000001" });
    expect(readRecord(path())?.epoch).toBe("0000000000000001");
    expect(pidfile.isOurs()).toBe(true);
    expect(held(1)).toBe(1);
    await pidfile.remove();
    expect(readdirSync(folder)).toStrictEqual([]);
    expect(held(0)).toBe(0);
  });
});
