// As `elsewhere.ts` of the client has it, for the short way of `get`; see `quick-get.cts`.
const fs = require("node:fs") as typeof import("node:fs");
const { hash } = require("node:crypto") as typeof import("node:crypto");

/** `sun_path` of every system, without a NUL, `/`, 16 hex digits and `.sock`. */
const MOST_BYTES = 81;

/**
 * The socket of a record by the path that it really has, or, where that is too long, by its open
 * folder; undefined where it is another vault's, or
 * lies in the vault's folder: who can change what is there must not answer in the daemon's place.
 */
function realEndpoint(endpoint: string, vault: string): string | undefined {
  const at = endpoint.lastIndexOf("/");
  const own = fs.realpathSync.native(vault);
  if (endpoint.slice(at) !== `/${hash("sha256", own).slice(0, 16)}.sock`) return undefined;
  const real = fs.realpathSync.native(endpoint.slice(0, at));
  const isOwn = (path: string): boolean => identityOf(path) === identityOf(own);
  for (
    let place = real;
    place !== "/" && place !== "";
    place = place.slice(0, place.lastIndexOf("/"))
  ) {
    if (isOwn(place)) return undefined;
  }
  return shortened(real) + endpoint.slice(at);
}

/**
 * The folder as the address of a socket takes it: one whose path is too long by what is open, which
 * its user looks at and connects to at once. The dot: the folder, and not the link to it.
 */
function shortened(folder: string): string {
  if (Buffer.byteLength(folder) <= MOST_BYTES || process.platform !== "linux") return folder;
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = fs.constants;
  const open = fs.openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  setImmediate(() => fs.closeSync(open));
  return `/proc/self/fd/${open}/.`;
}

function identityOf(path: string): string {
  const { dev, ino } = fs.statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

module.exports = { realEndpoint };
