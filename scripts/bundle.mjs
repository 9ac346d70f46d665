import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const BUILT = "packages/daemon/dist";
const ENTRY = `${BUILT}/command.js`;
const WHOLE = `${BUILT}/whole.js`;

/** Whether the daemon of the checkout at `root` was put into one file since it was built last. */
export function isBundled(root) {
  const whole = join(root, WHOLE);
  if (!existsSync(whole)) return false;
  const bundled = statSync(whole).mtimeMs;
  return readdirSync(join(root, BUILT), { recursive: true })
    .filter((name) => name.endsWith(".js"))
    .every((name) => statSync(join(root, BUILT, name)).mtimeMs <= bundled);
}

/**
 * Puts the built daemon of the checkout at `root`, with the libraries that it uses, into one file:
 * to find and link 150 modules takes half of its start. What it shares with its clients stays a
 * package of its own.
 */
export async function bundleDaemon(root) {
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    outfile: WHOLE,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    external: ["@strongroom/client/protocol"],
    // For what the CommonJS among the libraries requires.
    banner: {
      js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
    },
    sourcemap: true,
    legalComments: "eof",
    logLevel: "error",
  });
}
