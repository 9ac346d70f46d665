import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoPnpm } from "../../support/packed.ts";
import type { Tarball } from "../../support/packed.ts";
import { ROOT } from "../../support/throwaway.ts";

const scripts = (name: string): string =>
  new URL(`../../../scripts/release/${name}`, import.meta.url).href;
const { demandLicences, writeSboms } = (await import(scripts("sbom.mjs"))) as {
  demandLicences: (components: readonly object[]) => void;
  writeSboms: (
    root: string,
    into: string,
    packed: readonly Tarball[],
    time: number,
  ) => Promise<readonly string[]>;
};
interface Package {
  readonly name: string;
  readonly version: string;
}

const { bundledPackages, packagesOf } = (await import(scripts("notices.mjs"))) as {
  bundledPackages: (map: string) => readonly Package[];
  packagesOf: (files: readonly string[]) => readonly Package[];
};

const { bundleParts } = (await import(scripts("../binary/bundle.mjs"))) as {
  bundleParts: (root: string, folder: string) => Promise<readonly string[]>;
};
const { singleSbom, writeSingleSbom } = (await import(scripts("single-sbom.mjs"))) as {
  singleSbom: (documents: readonly Bom[], packages: readonly object[], options: object) => Bom;
  writeSingleSbom: (
    root: string,
    made: string,
    boms: readonly string[],
    time: number,
  ) => Promise<string>;
};

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

interface Bom {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component; readonly timestamp: string };
  readonly components: readonly Component[];
  readonly dependencies: readonly {
    readonly ref: string;
    readonly dependsOn: readonly string[];
  }[];
}

const why = await whyNoPnpm();
const TIME = 1_800_000_000;

let folder: string;
let packed: readonly Tarball[];
let files: readonly string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "strongroom-sbom-"));
  // What is packed has no say in it but by its hash.
  packed = ["@strongroom/client", "@strongroom/daemon", "strongroom"].map((name, at) => {
    const file = join(folder, `${at}.tgz`);
    writeFileSync(file, name);
    return { name, file };
  });
  if (why !== "") return;
  const boms = await writeSboms(ROOT, join(folder, "first"), packed, TIME);
  const made = join(folder, "first", "single-file");
  writeFileSync(made, "a program");
  files = [...boms, await writeSingleSbom(ROOT, made, boms, TIME)];
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function bomOf(name: string): Bom {
  const path = files.find((file) => file.includes(name)) ?? "";
  return JSON.parse(readFileSync(path, "utf8")) as Bom;
}

function named({ group, name, version }: Component): string {
  return `${group === undefined ? "" : `${group}/`}${name}@${version}`;
}

/** A validator of CycloneDX 1.6, by its own schema. */
function cyclonedx(): ValidateFunction {
  const library = createRequire(import.meta.url).resolve(
    "@cyclonedx/cyclonedx-library/package.json",
  );
  const schema = (name: string): object =>
    JSON.parse(
      readFileSync(join(dirname(library), "res/schema", `${name}.SNAPSHOT.schema.json`), "utf8"),
    ) as object;
  const ajv = new Ajv({ strict: false });
  formats.default(ajv);
  ajv.addFormat("iri-reference", true).addFormat("idn-email", true);
  for (const name of ["spdx", "jsf-0.82"]) {
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  return ajv.compile(schema("bom-1.6"));
}

describe.skipIf(why !== "")(`the SBOM of each package${why}`, () => {
  it("is a document of CycloneDX 1.6", () => {
    const validate = cyclonedx();
    expect(files.length).toBe(4);
    for (const file of files) {
      const bom = JSON.parse(readFileSync(file, "utf8")) as { components: object[] };
      validate(bom);
      expect([file, validate.errors]).toEqual([file, null]);
      bom.components.push({ type: "nonsense" });
      expect(validate(bom)).toBe(false);
    }
  });

  it("names all that is installed with it, each with its version, licence and hash", () => {
    const lock = readFileSync(join(ROOT, "pnpm-lock.yaml"), "utf8");
    const bom = bomOf("strongroom-0");
    expect(bom.components.length).toBeGreaterThan(30);
    for (const component of bom.components) {
      expect(component.purl).toMatch(/^pkg:npm\/\S+@\d/u);
      const [{ alg, content } = { alg: "", content: "" }] = component.hashes;
      expect([component.purl, alg]).toEqual([component.purl, "SHA-512"]);
      if (component.group === "@strongroom") continue;
      const integrity = `sha512-${Buffer.from(content, "hex").toString("base64")}`;
      const entry = `'?${named(component)}'?:\n    resolution: {integrity: ${integrity}}`;
      expect(lock).toMatch(new RegExp(entry.replaceAll(/[.+{}]/gu, "\\$&"), "u"));
    }
  });

  it("names our own packages by the tarballs that are published", () => {
    for (const { name, file } of packed) {
      const { metadata } = bomOf(`${name.replace(/^@/u, "").replace("/", "-")}-0`);
      const content = createHash("sha512").update(readFileSync(file)).digest("hex");
      expect(metadata.component.hashes).toEqual([{ alg: "SHA-512", content }]);
    }
  });

  it("names what the daemon's one file holds", () => {
    const known = new Set(bomOf("daemon").components.map(named));
    const held = bundledPackages(join(ROOT, "packages/daemon/dist/whole.js.map"));
    expect(held.length).toBeGreaterThan(10);
    expect(
      held.map(({ name, version }) => `${name}@${version}`).filter((each) => !known.has(each)),
    ).toEqual([]);
  });

  it("names what the single file holds, the runtime too, and nothing that it does not", async () => {
    const { metadata, components, dependencies } = bomOf("single-file");
    const content = createHash("sha512").update("a program").digest("hex");
    expect(metadata.component.hashes).toEqual([{ alg: "SHA-512", content }]);
    const into = mkdtempSync(join(folder, "parts-"));
    const held = packagesOf(await bundleParts(ROOT, into));
    expect(held.length).toBeGreaterThan(10);
    expect(new Set(components.map(named))).toEqual(
      new Set([
        ...held.map(({ name, version }) => `${name}@${version}`),
        ...packed.map(({ name }) => `${name}@${metadata.component.version}`),
        components.find(({ name }) => name === "bun")?.purl.replace(/^.*@/u, "bun@"),
      ]),
    );
    const refs = new Set([metadata.component.purl, ...components.map(({ purl }) => purl)]);
    const ends = dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(ends.filter((each) => !refs.has(each))).toEqual([]);
    const documents = files
      .slice(0, 3)
      .map((file) => JSON.parse(readFileSync(file, "utf8")) as Bom);
    const stranger = [{ name: "stranger", version: "1.0.0" }];
    const options = { bun: {}, hashes: [], time: TIME };
    expect(() => singleSbom(documents, stranger, options)).toThrow("no SBOM names stranger@1.0.0");
  });

  it("is the same for the same commit, in every byte", async () => {
    const boms = await writeSboms(ROOT, join(folder, "second"), packed, TIME);
    const made = join(folder, "second", "single-file");
    writeFileSync(made, "a program");
    const again = [...boms, await writeSingleSbom(ROOT, made, boms, TIME)];
    expect(again.map((file) => readFileSync(file, "utf8"))).toEqual(
      files.map((file) => readFileSync(file, "utf8")),
    );
    expect(bomOf("client").serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/u,
    );
    expect(bomOf("client").metadata.timestamp).toBe("2027-01-15T08:00:00.000Z");
  });
});

it("a licence that asks for more than to be named makes no release", () => {
  const under = (...licenses: readonly object[]): readonly object[] => [
    { purl: "pkg:npm/one@1.0.0", licenses: [{ license: { id: "MIT" } }] },
    { purl: "pkg:npm/two@1.0.0", licenses },
  ];
  const demand =
    (...licenses: readonly object[]) =>
    () =>
      demandLicences(under(...licenses));
  expect(demand({ license: { id: "ISC" } })).not.toThrow();
  expect(demand({ license: { id: "GPL-3.0-only" } })).toThrow("two@1.0.0 is under GPL-3.0-only");
  expect(demand({ expression: "MIT OR GPL-2.0-only" })).toThrow("under MIT OR GPL-2.0-only");
  expect(demand()).toThrow("two@1.0.0 is under no licence that it says");
});
