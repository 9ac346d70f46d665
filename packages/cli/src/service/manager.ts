import type { Supervision } from "@strongroom/client";
import type { ServicePlan } from "./plan.ts";

/** A file of a supervisor. */
export interface UnitFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** Who starts daemons on one kind of system. */
export interface Manager {
  readonly kind: Supervision["kind"];
  /** The files that tell it of a daemon. */
  files(plan: ServicePlan): readonly UnitFile[];
  /** What clients are told of it. */
  supervision(plan: ServicePlan): Supervision;
  /** Throws `UNAVAILABLE` where it does not answer. */
  demand(): void;
  /** Has it read its files, and take their side; a daemon of before is started anew. */
  activate(plan: ServicePlan): void;
  /** Has it end the daemon and forget it, before its files are gone; throws nothing. */
  deactivate(plan: ServicePlan): void;
  /** Called when they are gone. */
  forget(): void;
  /** Whether it would start the daemon now, and what it says of it, a word. */
  state(plan: ServicePlan): { readonly isReady: boolean; readonly says: string };
}
