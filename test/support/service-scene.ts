import { join } from "node:path";
import { expect } from "vitest";
import { userManager } from "./user-manager.ts";
import type { UserManager } from "./user-manager.ts";

/** A vault with an installed service. */
export interface ServiceScene {
  readonly manager: UserManager;
  readonly unit: string;
  readonly folder: string;
  pid(): Promise<number>;
}

/** A vault whose daemon a client has started, and the installed service beside it. */
export async function serviceScene(): Promise<ServiceScene> {
  const manager = await userManager();
  expect((await manager.cli("init")).status).toBe(0);
  await manager.cli("generate", "--save", "a", "--words", "2");
  const installed = await manager.cli("service", "install", "--json");
  expect(installed).toMatchObject({ status: 0, stderr: "" });
  const { unit } = JSON.parse(installed.stdout) as { readonly unit: string };
  const pid = async (): Promise<number> => {
    const { stdout } = await manager.cli("status", "--json");
    return (JSON.parse(stdout) as { readonly pid: number }).pid;
  };
  return { manager, unit, folder: join(manager.place.home, ".config/systemd/user"), pid };
}

/** The process that systemd takes for the daemon; 0 where none runs. */
export const mainPid = async ({ manager, unit }: ServiceScene): Promise<number> =>
  Number(await manager.show(`${unit}.service`, "MainPID"));
