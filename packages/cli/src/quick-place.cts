// As `elsewhere.ts` of the client has it, for the short way of `get`; see `quick-get.cts`.
const fs = require("node:fs") as typeof import("node:fs");
const { hash } = require("node:crypto") as typeof import("node:crypto");

/**
 * The socket of a record by the path that it really has; undefined where it is another vault's, or
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
  return real + endpoint.slice(at);
}

function identityOf(path: string): string {
  const { dev, ino } = fs.statSync(path, { bigint: true });
  return `${dev}:${ino}`;
}

module.exports = { realEndpoint };
