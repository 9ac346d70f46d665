import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** Modules that have another one of their name here, for a runtime that is not Node. */
const OTHERS = [
  "boot-clock.js",
  "chacha.js",
  "handed-socket.js",
  "pipe-reader.js",
  "quick-pipe.cjs",
  "terminal-input.js",
];

/** What finds something by its path when it runs, and how it finds it where all is one file. */
const REPLACED = {
  "packages/client/dist/protocol/paths.js": [['load("env-paths")', 'require("env-paths")']],
  "packages/daemon/dist/main.js": [['import("#command")', 'import("./command.js")']],
  "packages/daemon/dist/native/system-calls.js": [
    [
      "import(__rewriteRelativeImportExtension(PACKAGE))",
      `import(${JSON.stringify(join(HERE, "system-library.cjs"))})`,
    ],
  ],
  "packages/daemon/dist/sources/keychain.js": [
    ["import(__rewriteRelativeImportExtension(PACKAGE))", "Promise.reject()"],
  ],
};

/** The parts of the single file, each a script of its own; what runs first is the first. */
export const PARTS = ["entry", "cold", "daemon"];

/**
 * Puts the command line and the daemon of the checkout at `root`, as they were built, with the
 * libraries that they use, into a CommonJS file for each part in `folder`. A module runs when it is
 * asked for. Resolves to the files that are in them.
 */
export async function bundleParts(root, folder) {
  const { build } = await import("esbuild");
  const seen = new Set();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: PARTS.map((part) => join(HERE, `${part}.cjs`)),
    outdir: folder,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "esnext",
    external: ["bun:ffi"],
    // Nothing is found by its path, and what is made does not depend on where.
    define: {
      __dirname: '"/"',
      __filename: '"/strongroom"',
      "import.meta.url": '"file:///strongroom"',
    },
    // They stand beside it, in the notices.
    legalComments: "none",
    metafile: true,
    minify: true,
    keepNames: true,
    logLevel: "error",
    plugins: [singleFile(root, seen)],
  });
  const missed = [...OTHERS, ...Object.keys(REPLACED)].filter((file) => !seen.has(file));
  if (missed.length > 0) throw new Error(`these are no part of it: ${missed.join(", ")}`);
  return Object.keys(metafile.inputs).map((file) => join(root, file));
}

function singleFile(root, seen) {
  return {
    name: "single-file",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^@noble\// }, ({ importer, path }) => {
        if (!importer.startsWith(HERE)) return undefined;
        const age = createRequire(join(root, "packages/daemon/package.json")).resolve(
          "age-encryption",
        );
        return { path: createRequire(age).resolve(path) };
      });
      for (const name of OTHERS) {
        const filter = new RegExp(`^\\..*/${name.replace(".", "\\.")}$`);
        onResolve({ filter }, () => {
          seen.add(name);
          return { path: join(HERE, name.replace(/\.js$/, ".cjs")) };
        });
      }
      for (const [file, changes] of Object.entries(REPLACED)) {
        const filter = new RegExp(`/${file.replaceAll(".", "\\.")}$`);
        onLoad({ filter }, ({ path }) => {
          seen.add(file);
          return { contents: replaced(path, changes), loader: "js" };
        });
      }
    },
  };
}

function replaced(path, changes) {
  let text = readFileSync(path, "utf8");
  for (const [from, to] of changes) {
    if (text.split(from).length !== 2) throw new Error(`${path} does not have once: ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}
