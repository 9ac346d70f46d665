import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { accessOf } from "@strongroom/client/protocol";
import type { RunTool } from "@strongroom/client/protocol";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

/** Who may enter the folders of a home by the lists of Windows; elsewhere their modes say it. */
export function checkAccess({ home }: Pick<Scene, "home">): Finding[] {
  return process.platform === "win32" ? accessTo(Object.values(home) as string[], runTool) : [];
}

/** The same of these folders, by what the tools of Windows say. */
export function accessTo(folders: readonly string[], run: RunTool): Finding[] {
  const found: Finding[] = [];
  const unknown: string[] = [];
  const there = folders.filter((folder) => existsSync(folder));
  for (const folder of there) {
    const access = accessOf(folder, run);
    if (access.kind === "open") {
      const message = `${folder} is open to others: ${access.to.join(", ")}`;
      found.push(problem("access", message, access.mend));
    } else if (access.kind === "unknown") unknown.push(folder);
  }
  if (unknown.length > 0) {
    const message = `not checked: icacls says nothing of ${unknown.join(", ")}`;
    return [...found, note("access", message)];
  }
  return found.length > 0 || there.length === 0 ? found : [ok("access", "yours alone")];
}

const runTool: RunTool = (name, args) => {
  const program = join(process.env["SYSTEMROOT"] ?? "C:\\Windows", "System32", name);
  const { status, stdout } = spawnSync(program, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    windowsHide: true,
  });
  return status === 0 ? stdout : "";
};
