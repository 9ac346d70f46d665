import { Alarm } from "strongroom/src/mcporter/alarm.ts";
import { describe, expect, it } from "vitest";

const { signal } = new AbortController();

describe("Alarm", () => {
  it("ends a wait when it rings, also when that was before", async () => {
    const alarm = new Alarm();
    const waiting = alarm.until(Infinity, signal);
    alarm.ring();
    await waiting;
    alarm.ring();
    await alarm.until(Infinity, signal);
  });

  it("waits for its time again when a ring was heard", async () => {
    const alarm = new Alarm();
    alarm.ring();
    await alarm.until(Infinity, signal);
    const at = Date.now() + 40;
    await alarm.until(at, signal);
    expect(Date.now()).toBeGreaterThanOrEqual(at);
  });

  it("rejects when it is interrupted", async () => {
    const stop = new AbortController();
    const waiting = new Alarm().until(Infinity, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toThrow("abort");
  });
});
