import { Serial } from "@strongroom/daemon/src/guard/serial.ts";
import { expect, it } from "vitest";

it("runs tasks in order and one at a time, failed ones too", async () => {
  const serial = new Serial();
  const seen: string[] = [];
  const task = (name: string) => async (): Promise<string> => {
    seen.push(`${name} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`${name} ends`);
    if (name === "b") throw new Error("b fails");
    return name;
  };
  const results = await Promise.allSettled(["a", "b", "c"].map((name) => serial.run(task(name))));
  expect(seen).toStrictEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  expect(results.map(({ status }) => status)).toStrictEqual(["fulfilled", "rejected", "fulfilled"]);
});
