import type { AtRevision, Repeatable } from "./methods.ts";

/** A program that prints the next value of a secret, and when it is asked for one. */
export interface Renewer {
  readonly name: string;
  /** The program by its absolute path, and what it is given; no shell. */
  readonly argv: readonly string[];
  /** Milliseconds that a value is served for before the program is asked for the next. */
  readonly lifetimeMs: number;
  /** When the program fails the old value is served, and marked. */
  readonly serveStale?: true;
}

/** How a renewer is. */
export interface RenewerEntry extends Renewer {
  /** The next who asks for the value has it renewed. */
  readonly due: boolean;
  /** When the value was stored last, milliseconds since 1970; absent = there is none. */
  readonly renewedAt?: number;
  /** Its program was begun, and it is not known what became of it. */
  readonly flight?: { readonly id: string; readonly startedAt: number };
  /** Why it failed last, since the value was renewed. */
  readonly failure?: { readonly at: number; readonly why: string };
}

/** The methods of renewers, with their params and results. */
export interface RenewerMethods {
  "renewer/list": {
    params: { readonly pattern?: string };
    result: { readonly renewers: readonly RenewerEntry[] } & AtRevision;
  };
  "renewer/remove": {
    params: { readonly name: string } & Repeatable;
    result: { readonly name: string } & AtRevision;
  };
  "renewer/set": {
    params: Renewer & Repeatable;
    result: { readonly name: string } & AtRevision;
  };
}
