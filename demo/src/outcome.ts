/** What one row of the table says of one store. */
export interface Outcome {
  readonly lost: number;
  readonly of: number;
  /** What the numbers count, or what else was seen. */
  readonly note?: string;
}

/** One row: what was tried, on strongroom and, where it makes sense, on the JSON file. */
export interface Row {
  readonly title: string;
  readonly ours: Outcome;
  readonly theirs?: Outcome;
}

/** A row, what it is called, and how long it took. */
export interface TimedRow extends Row {
  readonly letter: string;
  readonly seconds: number;
}

/** Shows how far a row is; called as often as one likes. */
export type Progress = (line: string) => void;
