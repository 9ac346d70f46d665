import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { formatSupervision, SUPERVISION_NAME } from "@strongroom/client";
import { moveAside, StrongroomError } from "@strongroom/client/protocol";
import { replaceFile } from "../replace-file.ts";
import type { Manager, UnitFile } from "./manager.ts";
import type { ServicePlan } from "./plan.ts";

/**
 * Puts the units in place and has them begin; false where all of it is so already. A file of
 * somebody else in their place is `ALREADY_EXISTS`.
 */
export function install(manager: Manager, plan: ServicePlan): boolean {
  manager.demand();
  const files = manager.files(plan);
  const marker = markerOf(manager, plan);
  const isSame = [...files, marker].every(isThere);
  if (isSame && manager.state(plan).isReady) return false;
  for (const { path } of files) demandOurs(path);
  const fresh = files.filter(({ path }) => !existsSync(path));
  for (const { content, path } of files) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, content);
  }
  try {
    manager.activate(plan);
  } catch (error) {
    for (const { path } of fresh) rmSync(path, { force: true });
    throw error;
  }
  // Last: who reads it asks the supervisor and nobody else.
  replaceFile(marker.path, marker.content);
  return true;
}

/** Takes them away; false where there were none. */
export function uninstall(manager: Manager, plan: ServicePlan): boolean {
  const files = manager.files(plan);
  const marker = markerOf(manager, plan);
  const found = [marker, ...files].filter(({ path }) => existsSync(path) && isOurs(path));
  if (found.length === 0) return false;
  // First: from here on whoever needs a daemon starts one.
  rmSync(marker.path, { force: true });
  manager.deactivate(plan);
  for (const { path } of found) rmSync(path, { force: true });
  manager.forget();
  return true;
}

/** How far an installation is there: `older` is that of another version, or of other settings. */
export function installed(manager: Manager, plan: ServicePlan): "no" | "older" | "yes" {
  const all = [...manager.files(plan), markerOf(manager, plan)];
  if (all.every(isThere)) return "yes";
  return all.some(({ path }) => existsSync(path)) ? "older" : "no";
}

function markerOf(manager: Manager, plan: ServicePlan): UnitFile {
  return {
    path: join(plan.home.config, SUPERVISION_NAME),
    content: Buffer.from(formatSupervision(manager.supervision(plan))),
  };
}

function demandOurs(path: string): void {
  if (!existsSync(path) || isOurs(path)) return;
  throw new StrongroomError("ALREADY_EXISTS", `${path} was not written by strongroom`, {
    hint: `${moveAside(path)}; then: strongroom service install`,
  });
}

/** Each of ours says so at its top, whatever its form; one of the task scheduler is UTF-16. */
function isOurs(path: string): boolean {
  const text = readFileSync(path).toString("latin1").replaceAll("\0", "");
  return basename(path) === SUPERVISION_NAME || text.includes("Written by strongroom ");
}

function isThere({ content, path }: UnitFile): boolean {
  return existsSync(path) && readFileSync(path).equals(content);
}
