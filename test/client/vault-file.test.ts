import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { pinPath, resolveHome } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { readVaultId } from "@strongroom/client/src/vault-file.ts";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder: string;
let home: Home;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-"));
  home = resolveHome({ STRONGROOM_HOME: folder });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function read(): unknown {
  try {
    return readVaultId(home);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

it("finds no vault where there is no file of one", () => {
  expect(read()).toBeUndefined();
  mkdirSync(home.vault);
  writeFileSync(join(home.vault, ".lock"), "");
  expect(read()).toBeUndefined();
});

it("reads the id", () => {
  mkdirSync(home.vault);
  writeFileSync(join(home.vault, "vault.json"), '{"format":1,"id":"abc"}\n');
  expect(read()).toBe("abc");
});

it.each([
  "slots.json",
  "slots.previous.json",
  "journal.0000000000000001",
  "snapshot.0000000000000001",
])("calls a vault damaged whose vault.json is missing beside %s", (name) => {
  mkdirSync(home.vault);
  writeFileSync(join(home.vault, name), "");
  expect(read()).toBe("CORRUPT");
});

it("calls a vault damaged whose folder is gone or empty, though its key file is there", () => {
  mkdirSync(home.config);
  writeFileSync(join(home.config, "keyfile"), "");
  expect(read()).toBe("CORRUPT");
  mkdirSync(home.vault);
  expect(read()).toBe("CORRUPT");
});

it("calls a vault damaged whose folder is gone, though it is known what was there", () => {
  mkdirSync(home.vault);
  mkdirSync(home.state);
  const pin = pinPath(home.state, realpathSync(home.vault));
  writeFileSync(pin, "");
  expect(read()).toBe("CORRUPT");
  expect(() => readVaultId(home)).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(`mv -n ${pin} ${pin}.old`) as string }),
  );
});

it("takes an interrupted birth for no vault yet", () => {
  mkdirSync(home.vault);
  mkdirSync(home.config);
  writeFileSync(join(home.config, "keyfile"), "");
  writeFileSync(join(home.vault, "slots.json"), "");
  writeFileSync(join(home.vault, "vault.json.tmp"), "");
  expect(read()).toBeUndefined();
});

it("never calls a birth damage that ends while it looks", async () => {
  mkdirSync(home.vault);
  const births = new Worker(
    `const { renameSync, unlinkSync, writeFileSync } = require("node:fs");
     const { workerData: folder, parentPort } = require("node:worker_threads");
     for (const end = Date.now() + 1500; Date.now() < end;) {
       writeFileSync(folder + "/vault.json.tmp", '{"id":"abc"}');
       writeFileSync(folder + "/claim.0000000000000001", "");
       renameSync(folder + "/vault.json.tmp", folder + "/vault.json");
       unlinkSync(folder + "/claim.0000000000000001");
       // Born, for long enough to be seen where others use the machine.
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
       unlinkSync(folder + "/vault.json");
       // A birth every two milliseconds: a look takes a hundredth of that.
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
     }
     parentPort.postMessage("done");`,
    { eval: true, workerData: home.vault },
  );
  let done = false;
  births.once("message", () => (done = true));
  const seen = new Set<unknown>();
  while (!done) {
    for (let look = 0; look < 500; look += 1) seen.add(read());
    await setImmediate();
  }
  await births.terminate();
  expect(seen).toEqual(new Set(["abc", undefined]));
});

it("never takes a link, a folder or garbage for no vault", () => {
  mkdirSync(home.vault);
  const path = join(home.vault, "vault.json");
  symlinkSync("/nowhere", path);
  expect(read()).toBe("CORRUPT");
  rmSync(path);
  mkdirSync(path);
  expect(read()).toBe("CORRUPT");
  rmSync(path, { recursive: true });
  for (const text of ["", "null", "{}", '{"id":7}']) {
    writeFileSync(path, text);
    expect(read()).toBe("CORRUPT");
  }
});
