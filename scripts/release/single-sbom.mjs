import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bunComponent } from "../binary/bun.mjs";
import { bundleParts } from "../binary/bundle.mjs";
import { packagesOf } from "./notices.mjs";
import { finish, sha512 } from "./sbom.mjs";

/**
 * Writes what the single file `made` of the built checkout at `root` holds beside it, as
 * `….cdx.json`: what is bundled of the packages whose SBOMs are `boms`, and the runtime; with the
 * time of the commit in seconds. Resolves to its path. Throws for a part that none of them names.
 */
export async function writeSingleSbom(root, made, boms, time) {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-single-"));
  try {
    const packages = packagesOf(await bundleParts(root, folder));
    const documents = boms.map((file) => JSON.parse(readFileSync(file, "utf8")));
    const bom = singleSbom(documents, packages, {
      bun: bunComponent(),
      hashes: sha512(made),
      time,
    });
    writeFileSync(`${made}.cdx.json`, `${JSON.stringify(bom, null, 2)}\n`);
    return `${made}.cdx.json`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * The SBOM of a program that is made of bundled `packages` (`{name, version}` each), our own and the
 * runtime `bun`, of the SBOMs `documents` of our packages. Throws for a package that none names.
 */
export function singleSbom(documents, packages, { bun, hashes, time }) {
  const own = documents.map(({ metadata }) => metadata.component);
  const known = new Map(
    [...documents.flatMap(({ components }) => components), ...own].map((each) => [at(each), each]),
  );
  const wanted = [...new Set([...packages.map(at), ...own.map(at)])];
  const held = wanted.map((name) => {
    const component = known.get(name);
    if (component === undefined)
      throw new Error(`no SBOM names ${name}, which is in the single file`);
    return { ...component, type: "library" };
  });
  const refs = new Set(held.map((each) => each["bom-ref"]));
  const edges = new Map();
  for (const { ref, dependsOn = [] } of documents.flatMap(({ dependencies }) => dependencies)) {
    if (!refs.has(ref)) continue;
    const needs = dependsOn.filter((each) => refs.has(each));
    edges.set(ref, [...new Set([...(edges.get(ref) ?? []), ...needs])]);
  }
  const cli = own.find(({ name, group }) => name === "strongroom" && group === undefined);
  const purl = `pkg:generic/strongroom@${cli.version}?arch=x86_64&os=linux`;
  const program = { ...cli, type: "application", purl, "bom-ref": purl, hashes };
  delete program.externalReferences;
  return finish(
    {
      ...documents[0],
      metadata: { ...documents[0].metadata, component: program },
      components: [...held, bun],
      dependencies: [
        ...[...edges].map(([ref, dependsOn]) => ({ ref, dependsOn })),
        { ref: purl, dependsOn: [bun["bom-ref"], cli["bom-ref"]] },
      ],
    },
    time,
  );
}

function at({ group, name, version }) {
  return `${group === undefined ? "" : `${group}/`}${name}@${version}`;
}
