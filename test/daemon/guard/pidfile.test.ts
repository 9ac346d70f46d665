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
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRecord } from "@strongroom/client/protocol";
import type { DaemonRecord } from "@strongroom/client/protocol";
import { Pidfile } from "@strongroom/daemon/src/guard/pidfile.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const record: DaemonRecord = {
  pid: process.pid,
  startTime: null,
  bootId: null,
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

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pidfile-"));
});
afterEach(async () => {
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
