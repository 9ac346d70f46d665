import { judgeRenewers } from "strongroom/src/doctor/renewers.ts";
import { expect, it } from "vitest";

const RENEWER = { name: "a", argv: ["/bin/true"], lifetimeMs: 1000, due: true } as const;

it("the doctor says which programs failed, or were begun and not ended, and what goes on", () => {
  const failed = { ...RENEWER, failure: { at: 0, why: "its program failed (1)" } };
  const begun = { ...RENEWER, flight: { id: "f", startedAt: 0 } };
  const both = judgeRenewers([{ ...failed, ...begun }]).map(({ message }) => message);
  expect(both).toEqual([expect.stringContaining("began to renew"), "its program failed (1)"]);
  expect(judgeRenewers([RENEWER]).map(({ verdict }) => verdict)).toEqual(["ok"]);
  expect(judgeRenewers([failed, begun]).map(({ message, mend }) => [message, mend])).toEqual([
    ["its program failed (1)", "run its program by hand, then: strongroom get a --timeout 30s"],
    [
      "a program began to renew a, and it is not known if it ended",
      "strongroom get a --timeout 30s",
    ],
  ]);
});
