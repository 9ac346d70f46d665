import { Flights } from "@strongroom/daemon/src/flights/flights.ts";
import { systemPause } from "@strongroom/daemon/src/flights/pause.ts";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../support/vault.ts";

describe("flights", () => {
  it("are one a key at a time, and those of other keys fly beside them", async () => {
    const flights = new Flights();
    let begun = 0;
    let land: () => void = () => {};
    const fly = (): Promise<void> => {
      begun += 1;
      return new Promise((resolve) => {
        land = resolve;
      });
    };
    const first = flights.join("a", fly);
    expect(flights.join("a", fly)).toBe(first);
    await flights.join("b", () => Promise.resolve());
    expect([begun, flights.isAny]).toEqual([1, true]);
    land();
    await first;
    expect(flights.isAny).toBe(false);
    void flights.join("a", fly);
    expect(begun).toBe(2);
  });

  it("share their error, and the next one begins anew", async () => {
    const flights = new Flights();
    const failing = (): Promise<void> => Promise.reject(new Error("no"));
    const both = [flights.join("a", failing), flights.join("a", failing)];
    for (const one of both) await expect(one).rejects.toThrow("no");
    await flights.join("a", () => Promise.resolve());
  });

  it("are waited for at the end, told to end when they do not, and none begins", async () => {
    const flights = new Flights();
    let told: AbortSignal | undefined;
    const flight = flights.join("a", (signal) => {
      told = signal;
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    });
    let isOver: () => void = () => {};
    const closed = flights.close(
      () =>
        new Promise((resolve) => {
          isOver = resolve;
        }),
    );
    expect(await codeOf(flights.join("b", () => Promise.resolve()))).toBe("CLOSING");
    expect(told?.aborted).toBe(false);
    isOver();
    await closed;
    await flight;
    expect(told?.aborted).toBe(true);
  });

  it("that land by themselves keep nobody waiting at the end", async () => {
    const flights = new Flights();
    void flights.join("a", () => new Promise((resolve) => setTimeout(resolve, 5)));
    await flights.close(systemPause);
    expect(flights.isAny).toBe(false);
  });
});
