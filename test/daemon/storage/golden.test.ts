import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import { openVault } from "@strongroom/daemon/src/storage/open.ts";
import type { VaultFolders } from "@strongroom/daemon/src/storage/open.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { DiskVault } from "../../support/disk-vault.ts";
import { brief, copyGolden, FORMATS, readGolden, toldOf } from "../../support/golden.ts";
import { readVault } from "../../support/independent-reader.ts";
import { codeOf, TestClock } from "../../support/vault.ts";

const OWNER = { actor: "owner", signal: new AbortController().signal };
const formats = readdirSync(FORMATS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => Number(name));

const copies: VaultFolders[] = [];
afterEach(() => {
  for (const { vault } of copies.splice(0)) rmSync(dirname(vault), { recursive: true });
});

function copyOf(format: number, variant?: string): VaultFolders {
  const home = copyGolden(format, variant);
  copies.push(home);
  return home;
}

/** Opened as the daemon does it, at the time at which it was left. */
async function open(home: VaultFolders, format: number): Promise<DiskVault> {
  const clock = new TestClock();
  clock.wall = readGolden(format).now;
  return await DiskVault.open(new NodeDisk(), clock, { home, mayCreate: false });
}

test("there is a golden vault of every format", () => {
  expect(formats).toContain(1);
});

describe.each(formats)("the golden vault of format %d", (format) => {
  const golden = readGolden(format);

  test("holds what was stored, every version of it", async () => {
    const vault = await open(copyOf(format), format);
    expect(vault.opened).toMatchObject({ mode: "read-write", born: false });
    expect(vault.opened.vaultId).toBe(golden.vaultId);
    expect(vault.opened.warnings).toEqual([expect.stringContaining("mark was missing")]);
    expect(toldOf(vault.state)).toEqual(golden.told);
    for (const [name, { current, history }] of Object.entries(golden.told.secrets)) {
      for (const { version, value, kind, metadata } of [current, ...history]) {
        if (value?.startsWith("sha256") === true) continue;
        const got = vault.engine.execute("secret/get", { name, version }, OWNER);
        const expired = Number(metadata?.["expiresAt"] ?? Infinity) <= golden.told.time;
        if (value === undefined || expired) expect(await codeOf(got), name).toBe("NOT_FOUND");
        else {
          const { value: shown, encoding } = await got;
          expect(Buffer.from(shown, encoding).toString("base64"), name).toBe(value);
          expect(kind === "base64" || encoding === "utf8", name).toBe(true);
        }
      }
    }
    await vault.close();
  });

  test("remembers the request ids, and answers them as it did", async () => {
    const vault = await open(copyOf(format), format);
    const { frames } = vault.opened.log.figures();
    expect(golden.remembered.length).toBeGreaterThan(2);
    for (const { method, params, result } of golden.remembered) {
      expect(await vault.engine.execute(method, params as never, OWNER)).toEqual(result);
      const other = { name: "other", value: "other", ...params, extra: 1 } as never;
      expect(await codeOf(vault.engine.execute(method, other, OWNER))).toBe("INVALID");
    }
    for (const { method, params } of golden.forgotten) {
      expect(await codeOf(vault.engine.execute(method, params as never, OWNER))).toBe("TIMEOUT");
    }
    expect(vault.opened.log.figures().frames, "nothing was executed").toBe(frames);
    await vault.close();
  });

  test("is gone on with: a write is there after the next opening, and all the rest", async () => {
    const home = copyOf(format);
    const first = await open(home, format);
    await first.engine.execute("secret/set", { name: "new", value: "written now" }, OWNER);
    const told = toldOf(first.state);
    expect(told.revision).toBe(golden.told.revision + 1);
    await first.close();
    const second = await open(home, format);
    expect(toldOf(second.state)).toEqual(told);
    const { new: _, ...rest } = told.secrets;
    expect(rest).toEqual(golden.told.secrets);
    expect(second.opened.warnings).toEqual([]);
    await second.close();
  });

  test("under a new data key holds all that it held, and so it is read by the document", async () => {
    const home = copyOf(format);
    const first = await open(home, format);
    const passphrase = "correct horse";
    await first.engine.execute("slot/add", { type: "passphrase", passphrase }, OWNER);
    await first.engine.execute("vault/rekey", {}, OWNER);
    await first.close();
    expect(await readVault(dirname(home.vault))).toEqual(
      expect.objectContaining({ revision: golden.told.revision }),
    );
    const second = await open(home, format);
    expect(toldOf(second.state)).toEqual(golden.told);
    expect(brief(await readVault(dirname(home.vault)))).toEqual(golden.told);
    for (const { method, params, result } of golden.remembered) {
      expect(await second.engine.execute(method, params as never, OWNER)).toEqual(result);
    }
    expect(second.opened.warnings).toEqual([]);
    await second.close();
  });

  test("is written in the format that was read", async () => {
    const home = copyOf(format);
    const vaultFile = readFileSync(join(home.vault, "vault.json"), "utf8");
    const vault = await open(home, format);
    await vault.engine.execute("vault/compact", {}, OWNER);
    await vault.close();
    expect(readFileSync(join(home.vault, "vault.json"), "utf8")).toBe(vaultFile);
    const written = readdirSync(home.vault).filter((name) => /^(journal|snapshot)\./.test(name));
    expect(written).toHaveLength(2);
    for (const name of written) {
      expect(readFileSync(join(home.vault, name)).readUInt32BE(8), name).toBe(format);
    }
  });

  test("with a torn frame at its end holds the same, and the frame is counted", async () => {
    const home = copyOf(format, "torn");
    expect(brief(await readVault(dirname(home.vault)))).toEqual(golden.told);
    const vault = await open(home, format);
    expect(vault.opened.log.figures().tornFrames).toBe(1);
    expect(toldOf(vault.state)).toEqual(golden.told);
    await vault.close();
  });

  test("is read by a reader that was written from docs/storage-format.md alone", async () => {
    expect(brief(await readVault(join(FORMATS, `${format}`)))).toEqual(golden.told);
  });

  test("is read by that reader after this release wrote to it, too", async () => {
    const home = copyOf(format);
    const vault = await open(home, format);
    await vault.engine.execute("secret/set", { name: "history", value: "newest" }, OWNER);
    await vault.engine.execute(
      "vault/batch",
      { operations: BATCH, requestId: "r", seen: 99 },
      OWNER,
    );
    const told = toldOf(vault.state);
    await vault.close();
    expect(brief(await readVault(dirname(home.vault)))).toEqual(told);
  });
});

const BATCH = [
  { op: "clear", prefix: "values/" },
  { op: "restore", name: "values/long", version: 1 },
] as const;

/** Changes the bytes of the one file of a vault whose name begins so. */
function change(home: VaultFolders, start: string, edit: (bytes: Buffer) => Buffer | void): void {
  const name = readdirSync(home.vault).find((each) => each.startsWith(start)) ?? start;
  const path = join(home.vault, name);
  const bytes = readFileSync(path);
  writeFileSync(path, edit(bytes) ?? bytes);
}

function replace(home: VaultFolders, file: string, from: string, to: string): void {
  change(home, file, (bytes) => Buffer.from(bytes.toString("utf8").replace(from, to)));
}

/** Opens a vault and writes what only a later release would, sealed with the vault's own key. */
async function extend(home: VaultFolders, record: Buffer | null, frame?: Buffer): Promise<void> {
  const state = new VaultState();
  const opened = await openVault({
    disk: new NodeDisk(),
    home,
    mayCreate: false,
    preallocate: 16_384,
    sink: state,
    records: function* () {
      yield* state.records();
      if (record !== null) yield record;
    },
  });
  if (frame !== undefined) await opened.log.append(frame, { reserve: false });
  await opened.log.close();
}

const COMMIT_OF_KIND_99 = Buffer.from(
  "01 0000000c 3e 000000000001 00 01 63 0161".replaceAll(" ", ""),
  "hex",
);

const refusals: readonly (readonly [
  what: string,
  code: "CORRUPT" | "UNSUPPORTED_FORMAT",
  file: string,
  make: (home: VaultFolders) => Promise<void> | void,
])[] = [
  [
    "a vault.json of format 2",
    "UNSUPPORTED_FORMAT",
    "vault.json",
    (home) => replace(home, "vault.json", '"format":1', '"format":2'),
  ],
  [
    "slots of format 2",
    "UNSUPPORTED_FORMAT",
    "slots.json",
    (home) => {
      for (const file of ["slots.json", "slots.previous.json"])
        replace(home, file, '"format":1', '"format":2');
    },
  ],
  [
    "a slot whose type was changed",
    "CORRUPT",
    "slots.json",
    (home) => {
      for (const file of ["slots.json", "slots.previous.json"])
        replace(home, file, '"keyfile"', '"passkey"');
    },
  ],
  [
    "a journal of format 2",
    "UNSUPPORTED_FORMAT",
    "journal.",
    (home) => change(home, "journal.", (bytes) => void bytes.writeUInt32BE(2, 8)),
  ],
  [
    "a snapshot of format 2",
    "UNSUPPORTED_FORMAT",
    "snapshot.",
    (home) => change(home, "snapshot.", (bytes) => void bytes.writeUInt32BE(2, 8)),
  ],
  [
    "a journal with another magic",
    "CORRUPT",
    "journal.",
    (home) => change(home, "journal.", (bytes) => void bytes.write("SRJOURN2", "latin1")),
  ],
  [
    "a snapshot with another magic",
    "CORRUPT",
    "snapshot.",
    (home) => change(home, "snapshot.", (bytes) => void bytes.write("SRSNAPS2", "latin1")),
  ],
  [
    "a record of an unknown type in its snapshot",
    "UNSUPPORTED_FORMAT",
    "snapshot.",
    (home) => extend(home, Buffer.of(99)),
  ],
  [
    "a record of an unknown type in a frame",
    "UNSUPPORTED_FORMAT",
    "journal.",
    (home) => extend(home, null, Buffer.of(99, 0, 0, 0, 0)),
  ],
  [
    "a change of an unknown kind",
    "UNSUPPORTED_FORMAT",
    "journal.",
    (home) => extend(home, null, COMMIT_OF_KIND_99),
  ],
  [
    "a snapshot record that does not parse",
    "CORRUPT",
    "snapshot.",
    (home) => extend(home, Buffer.of(3)),
  ],
];

describe("a vault with", () => {
  test.each(refusals)("%s is %s, and no byte of it is changed", async (_what, code, file, make) => {
    const home = copyOf(1);
    await make(home);
    const before = hashes(home);
    const opening = open(home, 1);
    await expect(opening).rejects.toMatchObject({
      code,
      message: expect.stringContaining(join(home.vault, file)),
      hint: expect.stringMatching(/strongroom/),
    });
    expect(hashes(home)).toEqual(before);
  });
});

/** The SHA-256 of every file of a home. */
function hashes({ vault, config, state, backups }: VaultFolders): Record<string, string> {
  const paths = [vault, config, state, backups].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  expect(paths.length).toBeGreaterThan(5);
  return Object.fromEntries(
    paths.map((path) => [path, createHash("sha256").update(readFileSync(path)).digest("hex")]),
  );
}
