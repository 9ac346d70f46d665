import { setTimeout as sleep } from "node:timers/promises";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Caller, Given } from "../command.ts";
import { openClient } from "../open.ts";
import { writeNote } from "../output.ts";
import { onChanges } from "./changes.ts";
import { Child } from "./child.ts";
import type { Ended } from "./child.ts";
import { HandedOut } from "./handed-out.ts";
import type { RunOptions } from "./options.ts";
import { provide } from "./plan.ts";
import { isSame } from "./provision.ts";
import type { Provision } from "./plan.ts";
import { SecretFiles } from "./secret-files.ts";

/** So long a program that is to be started anew has after SIGTERM. */
const TERM_MS = 10_000;

/** By these a program is asked to end. */
const ENDING = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

/** Runs a program with its secrets, and again with new ones where that is asked for. */
export class Run {
  readonly #caller: Caller;
  readonly #options: RunOptions;
  readonly #handedOut = new HandedOut();
  #files: SecretFiles | undefined;
  #names: ReadonlySet<string> = new Set();
  #child: Child | undefined;
  #given: Provision | undefined;
  /** What is done about a program that is to be started anew. */
  #replacing: "begun" | "ended" | "no" = "no";
  #changes = 0;

  constructor(caller: Caller, options: RunOptions) {
    this.#caller = caller;
    this.#options = options;
  }

  /** Resolves when the program has ended; nothing of it is left then. */
  async done(given: Given): Promise<Ended> {
    const over = new AbortController();
    const onEnding = (): void => {
      // Who is asked to end while a leaving program is there must not begin another.
      if (this.#replacing === "begun") this.#replacing = "ended";
    };
    try {
      const first = await provide(this.#caller, this.#options);
      if (this.#options.onChange !== undefined) await this.#watch(given, over.signal);
      for (let next = first; ; next = await this.#next()) {
        this.#replacing = "no";
        // While no program is there a signal ends this process, and none begins.
        if (this.#options.onChange === "restart") {
          for (const each of ENDING) process.on(each, onEnding);
        }
        const ended = await this.#start(next).ended;
        if (!this.#isReplacing) return ended;
        for (const each of ENDING) process.off(each, onEnding);
      }
    } finally {
      over.abort();
      for (const each of ENDING) process.off(each, onEnding);
      this.#files?.remove();
    }
  }

  /** What the program is started with anew. */
  async #next(): Promise<Provision> {
    for (;;) {
      const before = this.#changes;
      const found = await provide(this.#caller, this.#options);
      if (before === this.#changes) return found;
    }
  }

  get #isReplacing(): boolean {
    return this.#replacing === "begun";
  }

  #start(provision: Provision): Child {
    this.#given = provision;
    const { argv, mask } = this.#options;
    const environment = new Map([...provision.environment, ...this.#write(provision)]);
    this.#names = provision.names;
    const values = this.#handedOut.add(provision.values);
    this.#child = new Child({ argv, mask, environment, values });
    return this.#child;
  }

  #write({ files }: Provision): [string, string][] {
    if (files.size === 0) return [];
    this.#files ??= new SecretFiles(process.env);
    const into = this.#files;
    return [...files].map(([name, content]) => [name, into.write(name, content)]);
  }

  async #watch({ values }: Given, signal: AbortSignal): Promise<void> {
    const client = await openClient({ values });
    signal.addEventListener("abort", () => client.close());
    const changed = (): Promise<void> => this.#changed(signal);
    void onChanges(client, () => this.#names, { changed, signal }).catch((error: unknown) => {
      if (signal.aborted) return;
      const why = error instanceof Error ? error.message : "an error";
      writeNote(`strongroom: changes are not seen any more: ${why}`);
    });
  }

  async #changed(signal: AbortSignal): Promise<void> {
    let provision: Provision;
    try {
      provision = await provide(this.#caller, this.#options, false);
    } catch (error) {
      if (!(error instanceof StrongroomError)) throw error;
      const { hint, message } = error;
      writeNote(`strongroom: the program keeps what it has: ${message}; next: ${hint}`);
      return;
    }
    // Tags, notes and versions that are not asked for are no other values.
    if (this.#given !== undefined && isSame(this.#given, provision)) return;
    if (this.#options.onChange === "SIGHUP") {
      this.#given = provision;
      this.#child?.conceal(this.#handedOut.add(provision.values));
      this.#names = provision.names;
      this.#write(provision);
      this.#child?.kill("SIGHUP");
      return;
    }
    this.#changes += 1;
    if (this.#replacing === "ended") return;
    this.#replacing = "begun";
    const old = this.#child;
    old?.kill("SIGTERM");
    await sleep(TERM_MS, undefined, { ref: false, signal }).catch(() => undefined);
    if (this.#child === old) old?.kill("SIGKILL");
  }
}
