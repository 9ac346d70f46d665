// Writes the two files that belong into `extensions/vaults/` of a repository of swamp:
//   node integrations/swamp/bundle.mjs FOLDER
// One is what swamp finds, the other the vault with the SDK and all that it needs: no package has
// to be installed there.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const WHOLE = "strongroom-vault.js";
const here = fileURLToPath(new URL(".", import.meta.url));
const [folder] = process.argv.slice(2);

if (folder === undefined) {
  process.stderr.write("usage: node integrations/swamp/bundle.mjs FOLDER\n");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
await build({
  entryPoints: [join(here, "src/index.ts")],
  outfile: join(folder, WHOLE),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "es2023",
  conditions: ["strongroom-source"],
  // Deno has these by their modules, and CommonJS among the libraries asks for Node's own.
  banner: {
    js: 'import { Buffer } from "node:buffer";\nimport process from "node:process";\nconst require = (name) => process.getBuiltinModule(name);',
  },
  legalComments: "eof",
  logLevel: "error",
});
const entry = readFileSync(join(here, "src/extension.ts"), "utf8");
writeFileSync(join(folder, "strongroom.ts"), entry.replaceAll('"./index.ts"', `"./${WHOLE}"`));
