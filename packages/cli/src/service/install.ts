import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatSupervision, SUPERVISION_NAME } from "@strongroom/client";
import { replaceFile } from "../replace-file.ts";
import type { Manager, UnitFile } from "./manager.ts";
import type { ServicePlan } from "./plan.ts";

/** Puts the units in place and has them begin; false where all of it is so already. */
export function install(manager: Manager, plan: ServicePlan): boolean {
  manager.demand();
  const files = manager.files(plan);
  const marker = markerOf(manager, plan);
  const isSame = [...files, marker].every(isThere);
  if (isSame && manager.state(plan).isReady) return false;
  for (const { content, path } of files) {
    mkdirSync(dirname(path), { recursive: true });
    replaceFile(path, content);
  }
  manager.activate(plan);
  // Last: who reads it asks the supervisor and nobody else.
  replaceFile(marker.path, marker.content);
  return true;
}

/** Takes them away; false where there were none. */
export function uninstall(manager: Manager, plan: ServicePlan): boolean {
  const files = manager.files(plan);
  const marker = markerOf(manager, plan);
  const found = [marker, ...files].filter(({ path }) => existsSync(path));
  if (found.length === 0) return false;
  // First: from here on whoever needs a daemon starts one.
  rmSync(marker.path, { force: true });
  manager.deactivate(plan);
  for (const { path } of files) rmSync(path, { force: true });
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

function isThere({ content, path }: UnitFile): boolean {
  return existsSync(path) && readFileSync(path).equals(content);
}
