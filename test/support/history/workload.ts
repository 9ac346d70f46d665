import { StrongroomError } from "@strongroom/client";
import type { Expect } from "@strongroom/client/protocol";
import { seededRandom } from "../random.ts";
import type { Request, Step } from "./event.ts";
import { namesOf } from "./evidence.ts";
import type { Told } from "./recorder.ts";

/** Of a hundred requests so many are of each kind. */
const MIX: readonly (readonly [percent: number, kind: Kind])[] = [
  [28, "get"],
  [16, "read"],
  [18, "set"],
  [8, "delete"],
  [16, "swap"],
  [4, "create"],
  [10, "batch"],
];
type Kind = "batch" | "create" | "delete" | "get" | "read" | "set" | "swap";

/** What one client asks for: few names, so that the requests of many meet on each of them. */
export class Workload {
  readonly #random: () => number;
  readonly #client: number;
  readonly #names: readonly string[];
  readonly #seen = new Map<string, number>();
  #n = 0;

  constructor(seed: number, client: number, names: readonly string[]) {
    this.#random = seededRandom(seed);
    this.#client = client;
    this.#names = names;
  }

  /** The next request; no value is ever used twice in a history. */
  next(): Request {
    this.#n += 1;
    const name = this.#pick();
    switch (this.#kind()) {
      case "get":
        return { method: "secret/get", params: { name } };
      case "read":
        return { method: "vault/read", params: { names: this.#several() } };
      case "set":
        return { method: "secret/set", params: { name, value: this.#value() } };
      case "delete":
        return { method: "secret/delete", params: { name } };
      case "swap":
        return {
          method: "secret/set",
          params: { name, value: this.#value(), expect: this.#asSeen(name) },
        };
      case "create":
        return {
          method: "secret/set",
          params: { name, value: this.#value(), expect: { absent: true } },
        };
      case "batch":
        return { method: "vault/batch", params: { operations: this.#steps() } };
    }
  }

  /** Remembers the versions that an answer shows, for the next compare-and-swap. */
  learn(request: Request, told: Told): void {
    const names = namesOf(request);
    if (told instanceof StrongroomError) {
      // Of a refused batch it is not known which name it was.
      if (told.version !== undefined && names.length === 1) this.#see(names[0], told.version);
      if (told.code === "NOT_FOUND") this.#see(names[0], 0);
      return;
    }
    const { secrets, results, version } = told as {
      readonly secrets?: readonly ({ readonly version: number } | null)[];
      readonly results?: readonly { readonly version: number }[];
      readonly version?: number;
    };
    for (const [index, name] of names.entries()) {
      this.#see(name, secrets?.[index]?.version ?? results?.[index]?.version ?? version ?? 0);
    }
    if (request.method === "secret/delete") this.#see(names[0], 0);
  }

  #see(name: string | undefined, version: number): void {
    if (name !== undefined) this.#seen.set(name, version);
  }

  #kind(): Kind {
    let left = this.#random() * 100;
    for (const [percent, kind] of MIX) {
      left -= percent;
      if (left < 0) return kind;
    }
    return "get";
  }

  #pick(): string {
    return this.#names[Math.floor(this.#random() * this.#names.length)]!;
  }

  /** Two names or three, in any order. */
  #several(): string[] {
    const count = 2 + Math.floor(this.#random() * 2);
    const chosen = new Set<string>();
    while (chosen.size < Math.min(count, this.#names.length)) chosen.add(this.#pick());
    return [...chosen];
  }

  #steps(): Step[] {
    return this.#several().map((name): Step => {
      const chance = this.#random();
      if (chance < 0.1) return { op: "delete", name };
      if (chance < 0.2) return { op: "check", name, expect: this.#asSeen(name) };
      const expect = chance < 0.4 ? { expect: this.#asSeen(name) } : {};
      return { op: "set", name, value: `${this.#value()}.${name}`, ...expect };
    });
  }

  #asSeen(name: string): Expect {
    const version = this.#seen.get(name) ?? 0;
    return version === 0 ? { absent: true } : { version };
  }

  #value(): string {
    return `${this.#client}.${this.#n}`;
  }
}
