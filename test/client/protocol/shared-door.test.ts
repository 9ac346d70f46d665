import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  folderMode,
  formatSharedDoor,
  isSharedMode,
  readSharedDoor,
} from "@strongroom/client/protocol";
import { expect, it, onTestFinished } from "vitest";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sr-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

it("reads what it wrote, and nothing else", () => {
  const [config, vault] = [folder(), realpathSync(folder())];
  const door = { vault, folder: "/srv/door", mode: 0o660, group: 7 };
  const write = (text: string): void => writeFileSync(join(config, "key-socket.json"), text);
  expect(readSharedDoor({ config, vault })).toBeUndefined();
  write(formatSharedDoor(door));
  expect(readSharedDoor({ config, vault })).toEqual(door);
  write(formatSharedDoor({ ...door, group: null }));
  expect(readSharedDoor({ config, vault })).toEqual({ ...door, group: null });
  for (const wrong of [{ folder: "door" }, { mode: 0o777 }, { mode: "660" }, { group: -1 }]) {
    write(JSON.stringify({ ...door, ...wrong }));
    expect(readSharedDoor({ config, vault })).toBeUndefined();
  }
  // A home that was copied has the socket of another vault in it.
  write(formatSharedDoor({ ...door, vault: "/elsewhere" }));
  expect(readSharedDoor({ config, vault })).toBeUndefined();
  write("{");
  expect(readSharedDoor({ config, vault })).toBeUndefined();
});

it("takes the modes of a socket that its owner can use", () => {
  const all = Array.from({ length: 0o1000 }, (_, mode) => mode).filter(isSharedMode);
  expect(all.map((mode) => mode.toString(8))).toEqual(
    ["600", "602", "604", "606", "620", "622", "624", "626"].concat([
      "640",
      "642",
      "644",
      "646",
      "660",
      "662",
      "664",
      "666",
    ]),
  );
  expect([0o600, 0o660, 0o666].map((mode) => folderMode(mode).toString(8))).toEqual([
    "700",
    "710",
    "711",
  ]);
});
