import type { VaultView } from "../vault/state.ts";

/** What is answered, or what is waited for before it is asked again. */
export type Step<T> =
  | { readonly result: T }
  /** `left`: called when nobody waits for it any more. */
  | { readonly wait: Promise<void>; readonly left?: () => void };

/**
 * One request: asked in the very step in which its answer leaves. `at`: the effective time; `view`:
 * what whoever asks may see then. `locked`: what is answered when the vault was locked meanwhile.
 */
export interface Ask<T> {
  (at: number, view: VaultView): Step<T>;
  readonly locked?: () => T;
}
