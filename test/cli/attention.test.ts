import { attention } from "strongroom/src/attention.ts";
import { describe, expect, it } from "vitest";

const DAY = 86_400_000;
const NOW = Date.UTC(2030, 0, 20);
const WELL = { slots: 2, backupAt: NOW - DAY, restored: null, time: null };

function nextOf(status: Parameters<typeof attention>[0]): string[] {
  return attention(status, NOW).map(({ next }) => next);
}

describe("what the owner should see to", () => {
  it("is nothing with two ways to the key and a backup younger than seven days", () => {
    expect(nextOf(WELL)).toEqual([]);
    expect(nextOf({ ...WELL, backupAt: NOW - 7 * DAY + 1 })).toEqual([]);
  });

  it("is a clock that is an hour or more from the time of the vault", () => {
    const hour = 3_600_000;
    expect(nextOf({ ...WELL, time: NOW + hour })).toEqual([]);
    expect(nextOf({ ...WELL, time: NOW + hour + 1 })).toEqual(["strongroom clock accept"]);
    expect(nextOf({ ...WELL, time: NOW - hour - 1 })).toEqual(["strongroom clock accept"]);
  });

  it("is a recovery key until there are two slots", () => {
    expect(nextOf({ ...WELL, slots: 1 })).toEqual(["strongroom recovery new"]);
  });

  it("is a backup when there is none, or none younger than seven days", () => {
    expect(nextOf({ ...WELL, backupAt: null })).toEqual(["strongroom backup"]);
    expect(nextOf({ ...WELL, backupAt: NOW - 7 * DAY })).toEqual(["strongroom backup"]);
  });

  it("is a restore that was not confirmed, with the revision and the time of the backup", () => {
    const restored = { revision: 41, time: Date.UTC(2030, 0, 2) };
    const [first] = attention({ ...WELL, restored }, NOW);
    expect(first?.next).toBe("strongroom recovery confirm");
    expect(first?.message).toContain("ends with revision 41, of 2030-01-02T00:00:00.000Z");
    const unreadable = { revision: null, time: null };
    expect(nextOf({ ...WELL, restored: unreadable })).toEqual(["strongroom recovery confirm"]);
  });

  it("is nothing that a vault which is not open cannot know", () => {
    expect(nextOf({ slots: null, backupAt: null, restored: null, time: null })).toEqual([]);
  });
});
