import { expect } from "vitest";
import { TestVault } from "./vault.ts";

export const HOUR = 3_600_000;
/** A renewer whose program is never started: `ScriptedPrograms` are, in its place. */
export const RENEWER = { name: "a", argv: ["/bin/sh"], lifetimeMs: HOUR } as const;

/** A vault in which a program renews `a`. */
export async function withRenewer(more: { readonly serveStale?: true } = {}): Promise<TestVault> {
  const vault = new TestVault();
  await vault.call("renewer/set", { ...RENEWER, ...more });
  return vault;
}

/** Waits until so many programs were started. */
export async function started(vault: TestVault, count: number): Promise<void> {
  for (let turn = 0; turn < 1000 && vault.programs.started.length < count; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(vault.programs.started).toHaveLength(count);
}
