import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { folderOf, isThere, place, until } from "./support/place.mjs";

const RANGE = "{ min: 1, max: 1 }";

/** The packages of a release that speaks protocol 3 alone; resolves what they need as those here. */
function later(t) {
  const installed = dirname(folderOf("strongroom"));
  const folder = mkdtempSync(join(dirname(installed), "later-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const modules = join(folder, "node_modules");
  const filter = (path) => !/\.(?:map|d\.c?ts)$/u.test(path);
  for (const name of ["strongroom", "@strongroom/client", "@strongroom/daemon"]) {
    cpSync(join(installed, name), join(modules, name), { recursive: true, filter });
  }
  change(join(modules, "@strongroom/client/dist/protocol/version.js"), [
    [/"\d+\.\d+\.\d+"/u, '"2.0.0"'],
    [RANGE, "{ min: 3, max: 3 }"],
  ]);
  change(join(modules, "strongroom/dist/quick-get.cjs"), [
    [RANGE, "{ min: 3, max: 3 }"],
    [/(\["protocol"\] !== )1/u, "$13"],
  ]);
  return join(modules, "strongroom", "bin", "strongroom.js");
}

function change(path, texts) {
  let text = readFileSync(path, "utf8");
  for (const [find, replace] of texts) {
    const changed = text.replace(find, replace);
    assert.notEqual(changed, text, `${path} has no ${find}`);
    text = changed;
  }
  writeFileSync(path, text);
}

test("a later release replaces the daemon of an earlier one when it is told to", async (t) => {
  const at = place(t);
  const newer = later(t);
  at.daemon();
  const { pid } = await until(() => at.record(), "a record");
  assert.equal((await at.cli(["set", "a"], { input: "v" })).status, 0);
  const met = await at.program(newer, ["get", "a"]).done;
  assert.equal(met.status, 17, met.stderr);
  assert.match(met.stderr, /strongroom daemon restart/u);
  const restarted = await at.program(newer, ["daemon", "restart"]).done;
  assert.equal(restarted.status, 0, restarted.stderr);
  assert.equal(isThere(pid), false);
  const next = at.record().pid;
  assert.notEqual(next, pid);
  const got = await at.program(newer, ["get", "a"]).done;
  assert.deepEqual([got.status, got.stdout], [0, "v"], got.stderr);
  for (const verb of ["restart", "stop"]) {
    const refused = await at.cli(["daemon", verb]);
    assert.equal(refused.status, 17, refused.stderr);
  }
  assert.equal(at.record().pid, next);
  t.diagnostic("status 17 before, 0 after; the earlier release ends no later daemon");
});
