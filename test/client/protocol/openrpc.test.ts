import { readFile } from "node:fs/promises";

import { ERRORS, METHODS } from "@strongroom/client/protocol";
import { openrpcText } from "@strongroom/client/src/protocol/openrpc.ts";
import { expect, test } from "vitest";

test("docs/openrpc.json is what the method table says; node --import tsx scripts/openrpc.mjs writes it", async () => {
  const file = new URL("../../../docs/openrpc.json", import.meta.url);
  expect(await readFile(file, "utf8")).toBe(openrpcText());
});

test("every method and every error stands in it, sorted", () => {
  const document = JSON.parse(openrpcText()) as {
    readonly methods: readonly { readonly name: string; readonly params: readonly object[] }[];
    readonly components: { readonly errors: object };
  };
  const names = document.methods.map(({ name }) => name);
  expect(names).toEqual(Object.keys(METHODS));
  expect(names).toEqual(names.toSorted());
  expect(Object.keys(document.components.errors)).toEqual(Object.keys(ERRORS));
  const get = document.methods.find(({ name }) => name === "secret/get");
  expect(get?.params).toEqual([
    { name: "name", required: true, schema: { type: "string" } },
    { name: "version", required: false, schema: { type: "integer", minimum: 1 } },
  ]);
});
