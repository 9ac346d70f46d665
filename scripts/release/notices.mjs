import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const LICENCE = /^(?:licen[cs]e|notice|copying)(?:\.|-|$)/iu;
const RULE = `${"-".repeat(76)}\n`;

/**
 * The packages of others that stand in a bundle, by its source map: `{name, version, folder}`
 * each, sorted.
 */
export function bundledPackages(map) {
  const { sources } = JSON.parse(readFileSync(map, "utf8"));
  return packagesOf(sources.map((source) => resolve(dirname(map), source)));
}

/** The same of the files that a bundle is made of. */
export function packagesOf(files) {
  const folders = files.flatMap((file) => {
    const path = file.replaceAll("\\", "/");
    return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/u.exec(path)?.[0] ?? [];
  });
  return [...new Set(folders)]
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      return { name, version, folder };
    })
    .toSorted((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
}

/** What the licences of the packages in a bundle (`what`) want to stand beside it: the text of each. */
export function noticesOf(what, packages) {
  const parts = packages.map(({ name, version, folder }) => {
    const files = readdirSync(folder).filter((file) => LICENCE.test(file));
    if (files.length === 0) throw new Error(`${name}@${version} comes without its licence`);
    const texts = files.toSorted().map((file) => readFileSync(join(folder, file), "utf8").trim());
    return `${RULE}${name} ${version}\n\n${texts.join("\n\n")}\n`.replaceAll("\r\n", "\n");
  });
  return `${what} holds code of these packages, under these licences.\n\n${parts.join("\n")}`;
}
