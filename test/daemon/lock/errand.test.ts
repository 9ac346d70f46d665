import { formatErrand, parseErrand } from "@strongroom/daemon/src/lock/errand.ts";
import { describe, expect, it } from "vitest";

describe("an errand", () => {
  it("is the same after its way through a command line", () => {
    for (const errand of [
      { pid: 7 },
      { pid: 7, asker: { id: 3, revision: 0, keep: true } },
      { pid: 7, asker: { id: "\u0000 \"'$(x)", revision: 9, keep: false } },
    ]) {
      expect(parseErrand(formatErrand(errand))).toEqual(errand);
      expect(formatErrand(errand)).not.toContain("\0");
    }
  });

  it.each([
    "",
    "7",
    "{}",
    "null",
    '{"pid":0}',
    '{"pid":"7"}',
    '{"pid":7,"asker":{}}',
    '{"pid":7,"asker":{"id":true,"revision":1}}',
    '{"pid":7,"asker":{"id":1,"revision":-1}}',
    '{"pid":7,"asker":null}',
  ])("that is none is refused: %s", (text) => {
    expect(() => parseErrand(text)).toThrow(expect.objectContaining({ code: "INVALID" }));
  });
});
