import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
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
import { passSignals } from "./signals.ts";
import type { Ending } from "./signals.ts";

/** So long a program that is to be started anew has after SIGTERM, and one that had SIGHUP before. */
const LEAVING_MS = 10_000;

/**
 * How a run stands with its program: it runs, or had SIGHUP and leaves or goes on, or leaves to be
 * started anew, or was asked to end, after which no other is started.
 */
type Standing = "ending" | "hung up" | "leaving" | "running";

/** Runs a program with its secrets, and again with new ones where that is asked for. */
export class Run {
  readonly #caller: Caller;
  readonly #options: RunOptions;
  readonly #handedOut = new HandedOut();
  #files: SecretFiles | undefined;
  #names: ReadonlySet<string> = new Set();
  #child: Child | undefined;
  #given: Provision | undefined;
  #standing: Standing = "running";
  #changes = 0;

  constructor(caller: Caller, options: RunOptions) {
    this.#caller = caller;
    this.#options = options;
  }

  /** Resolves when the program has ended; nothing of it is left then. */
  async done(given: Given): Promise<Ended> {
    const over = new AbortController();
    let release: (() => void) | undefined;
    try {
      const first = await provide(this.#caller, this.#options);
      if (this.#options.onChange !== undefined) await this.#watch(given, over.signal);
      // Until here a signal ends this process, and no program begins.
      release = passSignals(
        () => this.#child,
        (signal) => this.#move(signal),
      );
      for (let next = first; ; next = await this.#next()) {
        this.#move("start");
        const ended = await this.#start(next).ended;
        if (!this.#is("leaving")) return ended;
      }
    } finally {
      over.abort();
      release?.();
      this.#files?.remove();
    }
  }

  #move(event: Ending | "replace" | "start"): void {
    if (event === "start") this.#standing = "running";
    else if (event === "replace") this.#standing = "leaving";
    // It often means: read your settings anew.
    else if (event === "SIGHUP" && this.#is("running")) this.#standing = "hung up";
    else if (event !== "SIGHUP" || this.#is("leaving")) this.#standing = "ending";
  }

  #is(standing: Standing): boolean {
    return this.#standing === standing;
  }

  /** What the program is started with anew. */
  async #next(): Promise<Provision> {
    for (;;) {
      const before = this.#changes;
      const found = await provide(this.#caller, this.#options);
      // A signal that came together with the answer is heard behind it.
      await turn();
      if (before === this.#changes) return found;
    }
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

  async #changed(over: AbortSignal): Promise<void> {
    this.#changes += 1;
    try {
      const provision = await provide(this.#caller, this.#options, false);
      // Tags, notes and versions that are not asked for are no other values.
      if (this.#given !== undefined && isSame(this.#given, provision)) return;
      if (this.#options.onChange === "SIGHUP") this.#renew(provision);
      else await this.#replace(over);
    } catch (error) {
      if (this.#child?.isThere !== true || this.#is("leaving")) return;
      const why = error instanceof Error ? error.message : "an error";
      const next = error instanceof StrongroomError ? `; next: ${error.hint}` : "";
      writeNote(`strongroom: the program keeps what it has: ${why}${next}`);
    }
  }

  #renew(provision: Provision): void {
    this.#child?.conceal(this.#handedOut.add(provision.values));
    this.#names = provision.names;
    this.#write(provision);
    this.#given = provision;
    this.#child?.kill("SIGHUP");
  }

  async #replace(over: AbortSignal): Promise<void> {
    const old = this.#child;
    if (this.#is("hung up")) await sleep(LEAVING_MS, undefined, { ref: false, signal: over });
    if (old?.isThere !== true || this.#is("leaving")) return;
    if (this.#is("ending")) {
      const why = "it was asked to end, and none is started after it";
      writeNote(`strongroom: the program keeps what it has: ${why}`);
      return;
    }
    this.#move("replace");
    old.kill("SIGTERM");
    await sleep(LEAVING_MS, undefined, { ref: false, signal: over });
    // Who has asked it to end meanwhile says how long it may take.
    if (this.#is("leaving")) old.kill("SIGKILL");
  }
}
