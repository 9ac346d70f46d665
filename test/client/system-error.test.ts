import { isForbidden, systemCode } from "@strongroom/client/src/system-error.ts";
import { expect, it } from "vitest";

it("says the code of what the system refuses, and what Deno calls its own refusals", () => {
  expect(systemCode(Object.assign(new Error("x"), { code: "ENOENT" }))).toBe("ENOENT");
  const barred = Object.assign(new Error("Requires read access"), { name: "NotCapable" });
  expect(systemCode(barred)).toBe("NotCapable");
  expect(systemCode(Object.assign(barred, { code: undefined }))).toBe("NotCapable");
  expect(systemCode(new Error("x"))).toBe("an error");
  expect(systemCode("x")).toBe("an error");
});

it("takes those refusals for a sandbox that bring one", () => {
  expect(["EACCES", "EPERM", "NotCapable"].map(isForbidden)).toEqual([true, true, true]);
  expect(["ENOENT", "ECONNREFUSED", "an error"].map(isForbidden)).toEqual([false, false, false]);
});
