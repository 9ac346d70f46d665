import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const PACKAGES = ["packages/client", "packages/daemon", "packages/cli"];
const SHIPPED = ["bin", "dist"];

/**
 * Installs the built packages of the checkout at `root` into `folder`, as npm would from a
 * registry: what they publish, and what they need, in one `node_modules` without a link. Wine
 * shows links as what they lead to, and Node finds nothing behind those of pnpm then.
 */
export function installPackages(root, folder) {
  rmSync(folder, { recursive: true, force: true });
  const modules = join(folder, "node_modules");
  const done = new Map();
  for (const place of PACKAGES) {
    const manifest = manifestOf(join(root, place));
    const { publishConfig = {}, ...published } = manifest;
    const target = join(modules, manifest.name);
    mkdirSync(target, { recursive: true });
    const text = JSON.stringify({ ...published, ...publishConfig });
    writeFileSync(join(target, "package.json"), text);
    for (const part of SHIPPED) {
      const source = join(root, place, part);
      if (existsSync(source)) cpSync(source, join(target, part), { recursive: true });
    }
    done.set(manifest.name, manifest.version);
  }
  for (const place of PACKAGES) {
    const source = join(root, place);
    const target = join(modules, manifestOf(source).name);
    installNeeds({ source, beside: join(source, "node_modules"), target }, modules, done);
  }
}

function installNeeds({ source, beside, target }, modules, done) {
  const { dependencies = {}, optionalDependencies = {} } = manifestOf(source);
  const optional = Object.keys(optionalDependencies);
  for (const name of [...Object.keys(dependencies), ...optional]) {
    if (!existsSync(join(beside, name)) && optional.includes(name)) continue;
    const need = realpathSync(join(beside, name));
    const { version } = manifestOf(need);
    if (done.get(name) === version) continue;
    // Another version of it is at the top already.
    const place = join(done.has(name) ? join(target, "node_modules") : modules, name);
    if (!done.has(name)) done.set(name, version);
    cpSync(need, place, { recursive: true, filter: isNoModules });
    // pnpm puts what a package needs beside it.
    const next = { source: need, beside: need.slice(0, -name.length - 1), target: place };
    installNeeds(next, modules, done);
  }
}

function isNoModules(path) {
  return !path.endsWith("/node_modules");
}

function manifestOf(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
