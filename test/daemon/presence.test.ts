import { Presence } from "@strongroom/daemon/src/presence.ts";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("says that nobody is there only when nobody was for the whole time", () => {
  const absent = vi.fn<() => void>();
  const presence = new Presence(absent);
  vi.advanceTimersByTime(1e9);
  presence.limit(1000);
  vi.advanceTimersByTime(900);
  const first = presence.arrived();
  const second = presence.arrived();
  first();
  vi.advanceTimersByTime(5000);
  second();
  vi.advanceTimersByTime(999);
  expect(absent).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(absent).toHaveBeenCalledOnce();
});

it("forgets the limit when there is none any more", () => {
  const absent = vi.fn<() => void>();
  const presence = new Presence(absent);
  presence.limit(1000);
  presence.limit(undefined);
  vi.advanceTimersByTime(1e9);
  expect(absent).not.toHaveBeenCalled();
});
