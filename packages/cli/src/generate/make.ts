import { randomInt } from "node:crypto";

/** Something made at random, and how many bits of chance are in it. */
export interface Made {
  readonly value: string;
  readonly bits: number;
}

/** So many of these, all equally likely, with something between them. */
export function make(from: readonly string[], count: number, between = ""): Made {
  const chosen = Array.from({ length: count }, () => from[randomInt(from.length)] ?? "");
  return { value: chosen.join(between), bits: count * Math.log2(from.length) };
}
