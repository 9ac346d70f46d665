import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, must } from "../process.mjs";

/** The bun that the single file is made with, and of. */
const BUN_VERSION = "1.4.5";

/** What npm calls it for a processor, and the SHA-256 of the program itself. */
const PROGRAMS = {
  x64: {
    name: "@oven/bun-linux-x64",
    sha256: "f05d28a3862f4b84395c7fa32480b835dd47482e80b7e7a49a115227f0c06083",
  },
};

/** What Bun's own licences want to be said of a program that it is part of. */
export const BUN_NOTICE = `${"-".repeat(76)}
Bun ${BUN_VERSION}

The program runs on Bun, Copyright (c) Oven, under the MIT License. Bun holds JavaScriptCore and
other parts of WebKit, under the GNU Lesser General Public License 2.1 and BSD licences, and further
libraries. Their texts, where their sources are, and how to link Bun with others of them stand in
https://github.com/oven-sh/bun/blob/bun-v${BUN_VERSION}/LICENSE.md. Whoever links it so makes this
program of it by "npm run binary" in the sources of strongroom.
`;

/** What an SBOM says of Bun as a part of the single file for x64, in CycloneDX. */
export function bunComponent() {
  const { name, sha256 } = PROGRAMS.x64;
  const purl = `pkg:npm/${name.replace("@", "%40")}@${BUN_VERSION}`;
  return {
    type: "platform",
    "bom-ref": purl,
    name: "bun",
    version: BUN_VERSION,
    purl,
    hashes: [{ alg: "SHA-256", content: sha256 }],
    licenses: ["MIT", "LGPL-2.1-only"].map((id) => ({ license: { id } })),
  };
}

/**
 * Variables by which an environment could load its own code into bun, have it be another program,
 * be a debugger's, write files, or say on stderr what it sends. What begins like one of them is
 * another one of the kind.
 */
export const VARIABLES = [
  "BUN_BE_BUN",
  "BUN_BYTECODE_",
  "BUN_CONFIG_VERBOSE_FETCH",
  "BUN_CRASH_REPORT_URL",
  "BUN_ENABLE_CRASH_REPORTING",
  "BUN_INSPECT",
  "BUN_JSC_",
  "BUN_OPTIONS",
  "BUN_RUNTIME_TRANSPILER_CACHE_PATH",
];

/** What stands before a name in bun's own scripts and messages, which stay as they are. */
const IN_SCRIPT = " .\"'`$(";

/** The program of the pinned bun, which npm fetches when it is not there yet. */
export async function installBun() {
  const folder = join(ROOT, "node_modules", ".cache", "strongroom-binary", BUN_VERSION);
  const program = join(folder, "bun");
  const { name, sha256 } = PROGRAMS[process.arch] ?? {};
  if (name === undefined) throw new Error(`the single file is not made for ${process.arch} yet`);
  if (existsSync(program)) return demandHash(program, sha256);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  // Its own script only copies what is in the package of the platform.
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  await must(["npm", "install", ...options, `${name}@${BUN_VERSION}`], {
    cwd: folder,
    quiet: true,
  });
  renameSync(join(folder, "node_modules", name, "bin", "bun"), program);
  return demandHash(program, sha256);
}

/** It becomes part of what is released, whoever has had it or the folder that it lay in. */
function demandHash(program, sha256) {
  const found = createHash("sha256").update(readFileSync(program)).digest("hex");
  if (found === sha256) return program;
  throw new Error(`${program} is another bun ${BUN_VERSION} than the one meant: SHA-256 ${found}`);
}

/**
 * Writes a copy of bun to `path` that asks for none of the variables above: the first byte of each
 * name is zero, which is in no name of a variable. There is no option for that.
 */
export function writeDeafBun(program, path) {
  const bytes = readFileSync(program);
  for (const name of VARIABLES) {
    let count = 0;
    for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1)) {
      if (IN_SCRIPT.includes(bytes.toString("latin1", at - 1, at))) continue;
      bytes[at] = 0;
      count += 1;
    }
    if (count === 0) throw new Error(`bun ${BUN_VERSION} has no ${name}: see what is new in it`);
  }
  writeFileSync(path, bytes);
  chmodSync(path, 0o755);
}
