import { parseMoment } from "strongroom/src/moment.ts";
import { expect, it } from "vitest";

const NOW = Date.parse("2026-01-01T00:00:00Z");

it.each([
  ["15m", "2026-01-01T00:15:00Z"],
  ["12h", "2026-01-01T12:00:00Z"],
  ["30d", "2026-01-31T00:00:00Z"],
  ["2026-02-01", "2026-02-01T00:00:00Z"],
  ["2026-02-01T10:00:00+02:00", "2026-02-01T08:00:00Z"],
])("reads %s", (text, moment) => {
  expect(parseMoment(text, NOW)).toBe(Date.parse(moment));
});

it.each(["", "30", "0d", "-1d", "1y", "2025-12-31", "2026-13-01", "tomorrow", "1"])(
  "reads no moment in the future from %j",
  (text) => {
    expect(parseMoment(text, NOW)).toBeUndefined();
  },
);
