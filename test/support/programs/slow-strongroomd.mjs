// The daemon, with each fdatasync longer by STRONGROOM_SLOW_SYNC_MS. The sync itself still runs,
// in the pool, as ever. A module loaded by NODE_OPTIONS would do, but the daemon refuses that.
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const { fdatasync } = fs;
const ms = Number(process.env.STRONGROOM_SLOW_SYNC_MS);
fs.fdatasync = (descriptor, done) => {
  setTimeout(() => fdatasync(descriptor, done), ms);
};
syncBuiltinESMExports();
await import("../../../packages/daemon/bin/strongroomd.js");
