// mortal-strongroomd.mjs PHASE SITE MOMENT: the built daemon, whose process kills itself at a
// call that changes the vault's files: SITE of the PHASE `open` (up to its first frame) or
// `compaction`, at the MOMENT `before`, `inside` (half written, or handed to the system and not
// awaited) or `after`. It says where on stderr. `rehearse 0 never` lists the sites instead.
import { writeSync } from "node:fs";
import { basename } from "node:path";
import { NodeDisk } from "../../../packages/daemon/dist/storage/node-disk.js";

const [phase, site, moment] = process.argv.splice(2, 3);
let claims = 0;
let passed = 0;

/** What is planned for this call, which is counted; `undefined` lets it be. */
function planned(kind, path) {
  const now = claims < 2 ? "open" : "compaction";
  const name = basename(path).replaceAll(/[0-9a-f]{16}/g, "N");
  // The mark follows the last frames: no step of a compaction.
  if (now === "compaction" && name.includes(".mark")) return undefined;
  passed += 1;
  const said = JSON.stringify({ phase: now, site: passed, kind, name, moment });
  if (phase === "rehearse") writeSync(2, `site ${said}\n`);
  if (phase !== now || Number(site) !== passed) return undefined;
  return { moment, die: () => writeSync(2, `site ${said}\n`) && process.kill(process.pid, 9) };
}

async function guarded(kind, path, call) {
  const plan = planned(kind, path);
  if (plan?.moment === "before") plan.die();
  const calling = call();
  if (plan?.moment === "inside") plan.die();
  const result = await calling;
  if (plan?.moment === "after") plan.die();
  return result;
}

function guardedWrite(path, bytes, write) {
  const plan = planned("write", path);
  if (plan?.moment === "before") plan.die();
  const taken = write(plan?.moment === "inside" ? bytes.subarray(0, bytes.length >> 1) : bytes);
  plan?.die();
  return taken;
}

const { create, link, rename, unlink, syncFolder } = NodeDisk.prototype;
Object.assign(NodeDisk.prototype, {
  async create(path) {
    // The second claim of a process is the beginning of a compaction.
    if (/^claim\.[0-9a-f]{16}$/.test(basename(path)) && (claims += 1) === 2) passed = 0;
    const file = await guarded("create", path, () => create.call(this, path));
    const { write, datasync, sync } = file;
    return Object.assign(file, {
      write: (bytes, at) => guardedWrite(path, bytes, (part) => write.call(file, part, at)),
      datasync: () => guarded("datasync", path, () => datasync.call(file)),
      sync: () => guarded("sync", path, () => sync.call(file)),
    });
  },
  link(from, to) {
    return guarded("link", to, () => link.call(this, from, to));
  },
  rename(from, to) {
    return guarded("rename", to, () => rename.call(this, from, to));
  },
  unlink(path) {
    return guarded("unlink", path, () => unlink.call(this, path));
  },
  syncFolder(folder) {
    return guarded("sync-folder", folder, () => syncFolder.call(this, folder));
  },
});

// Not the one file that ships: it has a class of its own, which nobody can reach.
const { run } = await import("../../../packages/daemon/dist/command.js");
process.exit(await run(process.argv.slice(2)));
