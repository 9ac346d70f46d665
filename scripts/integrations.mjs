import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The packages below `integrations/` of the checkout at `root`, as paths in it. */
export function integrations(root) {
  const folder = join(root, "integrations");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) =>
    existsSync(join(folder, name, "package.json")),
  );
  return names.toSorted().map((name) => `integrations/${name}`);
}
