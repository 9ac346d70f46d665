/** For each name the last value that was acknowledged, 0 for none, and the last that was sent. */
export type Writes = Record<string, { readonly acknowledged: number; readonly sent: number }>;

/** What a process of writers says at its end. */
export interface WriteReport {
  readonly acknowledged: number;
  readonly writes: Writes;
}
