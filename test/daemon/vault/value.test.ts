import * as fc from "fast-check";
import { expect, it } from "vitest";
import { jsonTextBytes, replyEncoding } from "@strongroom/daemon/src/vault/value.ts";
import { TestVault } from "../../support/vault.ts";

it("the length of a text inside JSON is what JSON.stringify makes of it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const json = Buffer.byteLength(JSON.stringify(text)) - 2;
      expect(jsonTextBytes(Buffer.from(text))).toBe(json);
    }),
  );
});

it("a text is answered in base64 exactly when that is shorter as JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", '"', "\u0001", "\n", "é") }), (text) => {
      const bytes = Buffer.from(text);
      const shorter =
        Buffer.byteLength(JSON.stringify(bytes.toString("base64"))) <
        Buffer.byteLength(JSON.stringify(text));
      expect(replyEncoding(text, bytes, "utf8")).toBe(shorter ? "base64" : "utf8");
    }),
  );
});

it("every value of 1 MiB comes back, 1 MiB of U+0001 too, before and after reopening", async () => {
  const vault = new TestVault();
  const text = "\u0001".repeat(1_048_576);
  const base64 = Buffer.alloc(1_048_576, 0xff).toString("base64");
  await vault.set("control", text);
  await vault.call("secret/set", { name: "bytes", value: base64, encoding: "base64" });
  await vault.set("empty", "");
  for (const each of [vault, vault.reopened()]) {
    const control = await each.call("secret/get", { name: "control" });
    expect(control.encoding).toBe("base64");
    expect(Buffer.from(control.value, "base64").toString()).toBe(text);
    expect(JSON.stringify(control).length).toBeLessThan(1_500_000);
    const bytes = await each.call("secret/get", { name: "bytes" });
    expect(bytes).toMatchObject({ value: base64, encoding: "base64" });
    expect(await each.value("empty")).toBe("");
  }
});
