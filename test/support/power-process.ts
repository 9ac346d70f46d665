import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { Acks } from "./enumerate.ts";
import type { Group } from "./ledger.ts";
import { HOME } from "./opaque-vault.ts";
import { PowerDisk } from "./power-disk.ts";
import type { CutPlan } from "./power-disk.ts";
import { KilledError } from "./simulated-disk.ts";
import { checkVault, vaultWorkload } from "./vault-workload.ts";

// Works on a vault until its power is cut, and looks at what is left of it: power-process.ts
// It stops itself where the cut is planned; whoever started it cuts, lets it go on, mounts the
// disk again and asks.

/** What the process is told. */
export type PowerOrder =
  | { readonly kind: "check" }
  | {
      readonly kind: "work";
      /** A folder on the disk that loses its power. */
      readonly folder: string;
      /** Where the mark is: on that disk as well, or on one that lives on. */
      readonly state: string;
      readonly plan?: CutPlan | undefined;
    };

/** What it answers. */
export interface PowerReport {
  /** Calls made until then that change something. */
  readonly sites: number;
  /** Groups of requests that were acknowledged. */
  readonly acknowledged: number;
  readonly problem?: string | undefined;
}

let place: (path: string) => string = (path) => path;
let makeFolders = (): void => {};
let acks = new Acks<Group>();

async function work(order: PowerOrder & { readonly kind: "work" }): Promise<PowerReport> {
  const folders = Object.values(HOME);
  const roots = new Map(
    folders.map((path) => {
      const root = path === HOME.state ? order.state : order.folder;
      return [path, join(root, basename(path))] as const;
    }),
  );
  makeFolders = () => {
    for (const path of roots.values()) mkdirSync(path, { recursive: true, mode: 0o700 });
  };
  makeFolders();
  place = (path) => {
    const folder = folders.find((each) => path === each || path.startsWith(`${each}/`)) ?? path;
    return (roots.get(folder) ?? "") + path.slice(folder.length);
  };
  acks = new Acks<Group>();
  const cut = (): void => void process.kill(process.pid, "SIGSTOP");
  const disk = new PowerDisk({ place, plan: order.plan, cut });
  const problem = await problemOf(() => vaultWorkload(disk, acks), true);
  await disk.letGo();
  return report(disk.sites, problem);
}

async function check(): Promise<PowerReport> {
  // As the start of a daemon does: those of before may never have reached the disk.
  makeFolders();
  const disk = new PowerDisk({ place });
  const problem = await problemOf(() => checkVault(disk, acks), false);
  await disk.letGo();
  return report(disk.sites, problem);
}

function report(sites: number, problem: string | undefined): PowerReport {
  const entries = acks.entries.filter(({ outcome }) => outcome === "acknowledged");
  return { sites, acknowledged: entries.length, problem };
}

async function problemOf(run: () => Promise<void>, dies: boolean): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (dies && (error instanceof KilledError || error instanceof StrongroomError))
      return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

process.on("disconnect", () => process.exit(0));
process.on("message", (order: PowerOrder) => {
  void (order.kind === "check" ? check() : work(order)).then((told) => process.send?.(told));
});
const ready: PowerReport = { sites: 0, acknowledged: 0 };
process.send?.(ready);
