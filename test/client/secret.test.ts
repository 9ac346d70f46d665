import { inspect } from "node:util";
import { Secret } from "@strongroom/client";
import { expect, it } from "vitest";

const found = { name: "a", version: 1, metadata: {}, updatedAt: 0 } as const;

it("shows its value neither to a logger nor to JSON", () => {
  const secret = new Secret({ ...found, value: "canary", encoding: "utf8" }, 7);
  expect(inspect(secret, { depth: 9, showHidden: true })).not.toContain("canary");
  expect(JSON.stringify(secret)).not.toContain("canary");
  expect([secret.text(), secret.revision]).toEqual(["canary", 7]);
});

it("gives bytes that are the caller's own, and no text where there is none", () => {
  const secret = new Secret({ ...found, value: "//4=", encoding: "base64" }, 7);
  secret.bytes().fill(0);
  expect(secret.bytes()).toEqual(Uint8Array.of(0xff, 0xfe));
  expect(() => secret.text()).toThrow(TypeError);
});
