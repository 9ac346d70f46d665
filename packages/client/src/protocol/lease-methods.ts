import type { AtRevision } from "./methods.ts";

/** A lease that somebody holds: its name, and the token that no earlier holder has. */
export interface LeaseRef {
  readonly name: string;
  /** Grows with each holder, whatever ended between: others can refuse what comes with a lower one. */
  readonly token: number;
}

/** What a change may carry: it is made only while this lease holds, judged in the very turn. */
export interface Fenced {
  readonly lease?: LeaseRef;
}

/** The methods of leases, with their params and results. */
export interface LeaseMethods {
  "lease/acquire": {
    /** Milliseconds: how long it lasts unless it is renewed, and how long to wait for it. */
    params: { readonly name: string; readonly ttl: number; readonly wait?: number };
    result: LeaseRef & { readonly ttl: number } & AtRevision;
  };
  "lease/release": {
    params: LeaseRef;
    /** Whether it still held. */
    result: { readonly released: boolean } & AtRevision;
  };
  "lease/renew": {
    params: LeaseRef & { readonly ttl: number };
    result: LeaseRef & { readonly ttl: number } & AtRevision;
  };
}
