import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGES, tarballName } from "./pack.mjs";

/** The sums of all others, as `sha256sum --check` takes them. */
const SUMS = "SHA256SUMS";

/**
 * What a release of a version consists of: the file, what makes it, and whether there may be none
 * of it, as on a system for which it is not made.
 */
export function artefactsOf(version) {
  const tarballs = PACKAGES.map(({ name }) => tarballName(name, version));
  return [
    ...tarballs.map((file) => ({ file, by: "release/pack.mjs", optional: false })),
    ...tarballs.map((file) => ({
      file: file.replace(/tgz$/u, "cdx.json"),
      by: "release/sbom.mjs",
      optional: false,
    })),
    ...singleFiles(version).map((file) => ({ file, by: "binary.mjs", optional: true })),
  ];
}

/** The single file, the licences of what is in it, and its SBOM. */
export function singleFiles(version) {
  const file = `strongroom-${version}-linux-x64`;
  return [file, `${file}.NOTICES`, `${file}.cdx.json`];
}

/**
 * Writes `SHA256SUMS` of a release's files in `folder` and returns their names. Throws for one that
 * has to be there and is not.
 */
export function writeSums(folder, version) {
  const files = artefactsOf(version).filter(({ file, by, optional }) => {
    const isThere = existsSync(join(folder, file));
    if (!isThere && !optional) throw new Error(`there is no ${file}, which ${by} makes`);
    return isThere;
  });
  const names = files.map(({ file }) => file).toSorted();
  const lines = names.map((name) => {
    const hash = createHash("sha256")
      .update(readFileSync(join(folder, name)))
      .digest("hex");
    return `${hash}  ${name}\n`;
  });
  writeFileSync(join(folder, SUMS), lines.join(""));
  return names;
}
