import * as fc from "fast-check";
import { expect, it } from "vitest";
import { anyRequest, observe, observed, send } from "../../support/drive.ts";
import { Model, ModelRetention } from "../../support/model.ts";
import type { ModelRequest } from "../../support/model.ts";
import { size } from "../../support/size.ts";
import { TestVault } from "../../support/vault.ts";

type Step =
  | { readonly do: "together"; readonly requests: readonly ModelRequest[] }
  | { readonly do: "crash"; readonly requests: readonly ModelRequest[]; readonly kept: boolean }
  | { readonly do: "full"; readonly requests: readonly ModelRequest[] }
  | { readonly do: "compact" | "reopen" }
  | { readonly do: "pass"; readonly ms: number }
  | { readonly do: "jump"; readonly ms: number };

const requests = fc.array(anyRequest, { minLength: 1, maxLength: 6 });
const HOUR = 3_600_000;
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant("together" as const), requests }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("crash" as const), requests, kept: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("full" as const), requests }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("compact" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("reopen" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("pass" as const),
      ms: fc.constantFrom(10, 50_000, 12 * HOUR, 24 * HOUR, 31 * 24 * HOUR),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("jump" as const),
      ms: fc.constantFrom(-3 * HOUR, -60_000, 40 * 24 * HOUR),
    }),
  },
);

/** A vault and its model, moved together. */
class Pair {
  vault = new TestVault();
  model = new Model();
  retention = new ModelRetention();
  readonly #signal = new AbortController().signal;

  get wall(): number {
    return this.vault.clock.wall;
  }

  async run(asked: Step): Promise<void> {
    switch (asked.do) {
      case "together":
        return await this.#together(asked.requests.map((request) => this.#dated(request)));
      case "crash":
        return await this.#crash(
          asked.requests.map((request) => this.#dated(request)),
          asked.kept,
        );
      case "full":
        return await this.#full(asked.requests.map((request) => this.#dated(request)));
      case "compact":
        await this.vault.call("vault/compact", {});
        return;
      case "reopen":
        await this.vault.engine.drain();
        return this.#reopen();
      case "pass":
        this.vault.clock.pass(asked.ms);
        return await this.#tick();
      case "jump":
        this.vault.clock.wall += asked.ms;
    }
  }

  async compare(): Promise<void> {
    expect(await observe(this.vault.engine)).toEqual(observed(this.model, this.wall));
  }

  /** Expiry is generated as a duration. */
  #dated(request: ModelRequest): ModelRequest {
    return JSON.parse(JSON.stringify(request), (key, value: unknown) =>
      key === "livesMs" && typeof value === "number" ? this.wall + value : value,
    ) as ModelRequest;
  }

  async #together(asked: readonly ModelRequest[]): Promise<void> {
    const answers = asked.map((request) => send(this.vault.engine, request, this.#signal));
    const expected = asked.map((request) => this.model.request(request, this.wall));
    expect(await Promise.all(answers)).toEqual(expected);
  }

  async #crash(asked: readonly ModelRequest[], kept: boolean): Promise<void> {
    this.vault.log.failure = { code: "DURABILITY_UNKNOWN", kept };
    const answers = await Promise.all(
      asked.map((request) => send(this.vault.engine, request, this.#signal)),
    );
    const before = this.model.copy();
    const expected = asked.map((request) => this.model.request(request, this.wall));
    if (this.model.state.revision === before.revision) expect(answers).toEqual(expected);
    else expect(answers.at(-1)).toMatchObject({ code: "DURABILITY_UNKNOWN" });
    if (!kept) this.model.state = before;
    this.#reopen();
  }

  async #full(asked: readonly ModelRequest[]): Promise<void> {
    this.vault.log.failure = { code: "DISK_FULL", kept: false };
    await Promise.all(asked.map((request) => send(this.vault.engine, request, this.#signal)));
    this.vault.log.failure = undefined;
  }

  async #tick(): Promise<void> {
    const before = this.retention.tick(this.wall, this.vault.clock.running);
    this.vault.tick();
    if (before !== undefined) this.model.retain(before, this.wall);
    // Something exclusive is answered after all that was queued before it.
    await this.vault.call("vault/verify", {});
  }

  #reopen(): void {
    this.vault = this.vault.reopened();
    this.retention = new ModelRetention();
  }
}

it(
  "any sequence of operations, crashes and reopenings gives the model's state",
  { timeout: size(120_000, 3_600_000) },
  async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const pair = new Pair();
      for (const asked of steps) {
        await pair.run(asked);
        await pair.compare();
      }
      const { counters } = pair.vault.state;
      await pair.run({ do: "reopen" });
      expect(pair.vault.state.counters).toEqual(counters);
      await pair.run({ do: "compact" });
      await pair.run({ do: "reopen" });
      expect(pair.vault.state.counters).toEqual(counters);
      await pair.compare();
    });
    await fc.assert(property, { numRuns: size(200, 5000) });
  },
);
