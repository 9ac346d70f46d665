import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../process.mjs";
import { PACKAGES, pnpm, tarballName } from "./pack.mjs";

/** What may stand beside code under Apache-2.0 and ask for no more than to be named. */
const LICENCES = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];

/**
 * Writes what each package needs to run into the folder `into`, in CycloneDX 1.6: by the lockfile
 * of the checkout at `root`, with the hashes of the `packed` tarballs (`{name, file}` each) and the
 * time of the commit in seconds. Returns the paths; the same commit gives the same bytes. Throws
 * what pnpm said, and for a licence that is none of `LICENCES`.
 */
export async function writeSboms(root, into, packed, time) {
  mkdirSync(into, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "strongroom-sbom-"));
  try {
    const kind = ["--sbom-format", "cyclonedx", "--sbom-spec-version", "1.6"];
    const command = [...pnpm(), "sbom", ...kind, "--prod", "--split"];
    const { status, text } = await run([...command, "--out", join(folder, "%s.json")], {
      cwd: root,
      quiet: true,
    });
    if (status !== 0) throw new Error(`pnpm makes no SBOM: ${text}`);
    const own = new Map(packed.map(({ name, file }) => [name, sha512(file)]));
    return PACKAGES.map(({ name }) => {
      const written = join(folder, `${name.replace(/^@/u, "").replace("/", "-")}.json`);
      const bom = settle(JSON.parse(readFileSync(written, "utf8")), own, time);
      const file = tarballName(name, bom.metadata.component.version).replace(/tgz$/u, "cdx.json");
      writeFileSync(join(into, file), `${JSON.stringify(bom, null, 2)}\n`);
      return join(into, file);
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What pnpm wrote, with the hash of each part where readers look for it, and nothing of chance. */
function settle(bom, own, time) {
  demandLicences([bom.metadata.component, ...bom.components]);
  const at = (component) => `${component.group ? `${component.group}/` : ""}${component.name}`;
  for (const component of [bom.metadata.component, ...bom.components]) {
    const of = component.externalReferences?.find(({ type }) => type === "distribution");
    const hashes = of?.hashes ?? own.get(at(component));
    if (hashes === undefined) throw new Error(`${component.purl} has no hash`);
    component.hashes = hashes;
  }
  return finish(bom, time);
}

/** Sorts an SBOM, and gives it the time of the commit in seconds and a serial number of its content. */
export function finish(bom, time) {
  bom.metadata.timestamp = new Date(time * 1000).toISOString();
  bom.components.sort((a, b) => (a.purl < b.purl ? -1 : 1));
  bom.dependencies.sort((a, b) => (a.ref < b.ref ? -1 : 1));
  delete bom.serialNumber;
  const hex = createHash("sha256").update(JSON.stringify(bom)).digest("hex");
  // A name-based UUID (version 8: by a hash of one's own choice).
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  bom.serialNumber = `urn:uuid:${parts.join("-")}-${hex.slice(20, 32)}`;
  return bom;
}

/** Throws for the first component of an SBOM whose licence is none of `LICENCES`, or not said. */
export function demandLicences(components) {
  for (const { licenses = [], purl } of components) {
    const said = licenses.map((each) => each.license?.id ?? each.expression ?? each.license?.name);
    if (said.length > 0 && said.every((id) => LICENCES.includes(id))) continue;
    throw new Error(`${purl} is under ${said.join(", ") || "no licence that it says"}`);
  }
}

/** What CycloneDX calls the hash of a file. */
export function sha512(file) {
  const content = createHash("sha512").update(readFileSync(file)).digest("hex");
  return [{ alg: "SHA-512", content }];
}
