import { describe, expect, it } from "vitest";
import { contest } from "./contest.ts";

const long = process.env["STRONGROOM_LONG"] === "1";

describe.runIf(process.platform === "linux")("contended take-overs of a stale record", () => {
  it("have one owner each", async () => {
    const rounds = long ? 20_000 : 150;
    const { single, double, none } = await contest("guard", rounds);
    console.log(
      `take-overs: ${rounds} of 20000, ${single} with one owner, ${double} with two or more`,
    );
    expect({ single, double, none }).toStrictEqual({ single: rounds, double: 0, none: 0 });
  }, 3_600_000);

  it("have two owners under a naive unlink, which the canary sees", async () => {
    const rounds = long ? 500 : 100;
    const { double } = await contest("naive", rounds);
    console.log(`naive unlink: ${double} of ${rounds} rounds with two or more owners`);
    expect(double).toBeGreaterThan(0);
  }, 600_000);
});
