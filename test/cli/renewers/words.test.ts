import { standing } from "strongroom/src/renewers/words.ts";
import { expect, it } from "vitest";

const RENEWER = { name: "a", argv: ["/bin/true"], lifetimeMs: 1000, due: true } as const;

it("a program that was begun is said to be, whatever became of those before", () => {
  const failure = { at: 0, why: "it failed (4)" };
  const flight = { id: "f", startedAt: 1000 };
  const begun = "begun at 1970-01-01T00:00:01.000Z, and not ended";
  const failed = "failed at 1970-01-01T00:00:00.000Z: it failed (4)";
  expect(standing({ ...RENEWER, flight })).toBe(begun);
  expect(standing({ ...RENEWER, failure })).toBe(failed);
  expect(standing({ ...RENEWER, failure, flight })).toBe(`${begun}; before that it ${failed}`);
});
