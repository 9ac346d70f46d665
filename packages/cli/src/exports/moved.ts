import type { SecretValue } from "@strongroom/client/protocol";

/** A secret or credential that another system cannot take over, and why, in a sentence's end. */
export interface Left {
  readonly name: string;
  readonly why: string;
}

/** A secret under the name that the other system has it under. */
export interface Leaving {
  readonly name: string;
  readonly secret: SecretValue;
}

/** What another system reads: a file, or the files of a folder by their paths in it. */
export interface Moved {
  readonly content: Uint8Array | ReadonlyMap<string, Uint8Array>;
  readonly count: number;
  readonly left: readonly Left[];
  /** What is worth knowing, a sentence each; never a value. */
  readonly remarks: readonly string[];
}

/** Those whose metadata has more than these fields, as a remark; nothing where there are none. */
export function unsaid(leaving: readonly Leaving[], kept: readonly string[]): string[] {
  const known = new Set(["origin", ...kept]);
  const some = leaving.filter(({ secret: { metadata } }) =>
    Object.keys(metadata).some((field) => !known.has(field)),
  );
  if (some.length === 0) return [];
  return [
    `of ${some.length} secrets only the value goes: it has no place for all that stands beside`,
  ];
}
