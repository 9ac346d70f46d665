// Run by pnpm in the folder of a package before that is packed: makes what is packed and in no
// commit. What it packs must be built, which `npm run release` and the tests see to.
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./process.mjs";
import { bundledPackages, noticesOf } from "./release/notices.mjs";
import { pagesOf } from "./release/pages.mjs";

const folder = process.cwd();
if (!existsSync(join(folder, "dist"))) {
  process.stderr.write("prepack: nothing is built here: npm run build\n");
  process.exit(1);
}

/** Whole or not at all, and half of it nowhere that is packed: another one may pack meanwhile. */
function put(path, text) {
  const file = join(folder, path);
  const half = join(folder, "dist", `.packed-${process.pid}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(half, text);
  renameSync(half, file);
}

if (folder === join(ROOT, "packages/daemon")) {
  put(
    "THIRD_PARTY_NOTICES",
    noticesOf("dist/whole.js", bundledPackages(join(folder, "dist/whole.js.map"))),
  );
}
if (folder === join(ROOT, "packages/cli")) {
  for (const [path, text] of await pagesOf(ROOT)) put(path, text);
}
