import { readlinkSync } from "node:fs";

/** A process, and the numbering that its number is of. */
export interface ProcessPlace {
  readonly pid: number;
  /** Of `/proc/self/ns/pid`: processes in a container have numbers of their own. */
  readonly namespace: string;
}

let known: ProcessPlace | undefined;

/** This process; undefined where that is not known (elsewhere than on Linux). */
export function ownProcess(): ProcessPlace | undefined {
  if (known !== undefined || process.platform !== "linux") return known;
  try {
    known = { pid: process.pid, namespace: readlinkSync("/proc/self/ns/pid") };
  } catch {
    // A sandbox may have no such file.
  }
  return known;
}
