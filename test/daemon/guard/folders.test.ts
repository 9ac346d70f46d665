import { spawnSync } from "node:child_process";
import files, {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import { prepareHome } from "@strongroom/daemon/src/guard/folders.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let root = "";
const at = (name: string): string => join(root, "home", name);
const prepare = (mayCreate = true): void =>
  prepareHome(resolveHome({ STRONGROOM_HOME: join(root, "home") }), mayCreate);

const mkdir = (name: string): string => {
  mkdirSync(at(name));
  return at(name);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "folders-"));
  process.umask(0o077);
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  rmSync(root, { recursive: true, force: true });
});

/** From now on no folder is made; what happens instead. */
function making(instead: (path: string) => void): void {
  vi.spyOn(files, "mkdirSync").mockImplementation((path) => {
    instead(String(path));
    return undefined;
  });
  syncBuiltinESMExports();
}

function answer(code: string): never {
  throw Object.assign(new Error(code), { code });
}

function refusal(): StrongroomError {
  try {
    prepare();
  } catch (error) {
    if (error instanceof StrongroomError) return error;
    throw error;
  }
  throw new Error("was not refused");
}

describe("prepareHome", () => {
  it("makes what is missing, closed to others", () => {
    prepare();
    const names = readdirSync(join(root, "home")).toSorted();
    expect(names).toStrictEqual(["backups", "config", "log", "run", "state", "vault"]);
    for (const name of names) expect(lstatSync(at(name)).mode & 0o777).toBe(0o700);
    prepare();
  });

  it("makes no vault for one who may not", () => {
    expect(() => prepare(false)).toThrow(/there is no vault/u);
    expect(readdirSync(root)).toStrictEqual([]);
  });

  it.skipIf(process.platform === "win32")("is content with linked parents", () => {
    mkdirSync(join(root, "real"));
    symlinkSync(join(root, "real"), join(root, "home"));
    prepare();
    expect(readdirSync(join(root, "real"))).toContain("vault");
  });

  const wrong: readonly (readonly [string, string, () => void])[] = [
    ["a linked vault folder", "vault", () => symlinkSync(root, at("vault"))],
    ["a linked run folder", "run", () => symlinkSync(root, at("run"))],
    ["a file for a folder", "state", () => writeFileSync(at("state"), "")],
    ["a FIFO for a folder", "vault", () => spawnSync("mkfifo", [at("vault")])],
    ["a folder open to others", "config", () => chmodSync(mkdir("config"), 0o750)],
    [
      "a linked vault.json",
      "vault/vault.json",
      () => symlinkSync(root, join(mkdir("vault"), "vault.json")),
    ],
    [
      "a FIFO for vault.json",
      "vault/vault.json",
      () => spawnSync("mkfifo", [join(mkdir("vault"), "vault.json")]),
    ],
    [
      "a linked key file",
      "config/keyfile",
      () => symlinkSync(root, join(mkdir("config"), "keyfile")),
    ],
    [
      "a FIFO for a key file",
      "config/keyfile",
      () => spawnSync("mkfifo", [join(mkdir("config"), "keyfile")]),
    ],
  ];

  it.skipIf(process.platform === "win32").each(wrong)(
    "refuses %s, names it and its mend, and writes nothing",
    (_, name, make) => {
      mkdirSync(join(root, "home"));
      make();
      const before = readdirSync(root, { encoding: "utf8", recursive: true }).toSorted();
      const error = refusal();
      expect(error.code).toBe("DENIED");
      expect(error.message).toContain(at(name));
      expect(error.hint).toBeTruthy();
      expect(readdirSync(root, { encoding: "utf8", recursive: true }).toSorted()).toStrictEqual(
        before,
      );
    },
  );

  it.runIf(process.getuid?.() === 0)("refuses another user's folder", () => {
    prepare();
    spawnSync("chown", ["65534", at("vault")]);
    expect(refusal().hint).toBe(`chown 0 ${at("vault")}`);
  });

  it.each(["EDQUOT", "ENOSPC", "EROFS"])(
    "keeps nobody from reading a vault whose other folders cannot be made (%s)",
    (code) => {
      mkdirSync(join(root, "home"));
      mkdir("vault");
      making(() => answer(code));
      prepare();
      expect(readdirSync(join(root, "home"))).toStrictEqual(["vault"]);
    },
  );

  it("says of a full disk that it is full where there is no vault yet", () => {
    making(() => answer("ENOSPC"));
    const error = refusal();
    expect(error.code).toBe("DISK_FULL");
    expect(error.hint).toBe(`mkdir -m 700 -p ${at("vault")}`);
  });

  it("refuses a home where a folder cannot be made for another reason", () => {
    mkdirSync(join(root, "home"));
    mkdir("vault");
    making(() => answer("EACCES"));
    const error = refusal();
    expect(error.code).toBe("DENIED");
    expect(error.message).toBe(`the folder ${at("config")} cannot be made (EACCES)`);
    expect(error.hint).toBe(`mkdir -m 700 -p ${at("config")}`);
  });

  it.skipIf(process.platform === "win32")("refuses what another put there meanwhile", () => {
    mkdirSync(join(root, "home"));
    making((path) => {
      symlinkSync(root, path);
      answer("EEXIST");
    });
    const error = refusal();
    expect(error.code).toBe("DENIED");
    expect(error.message).toBe(`${at("vault")} is a symbolic link`);
  });
});
