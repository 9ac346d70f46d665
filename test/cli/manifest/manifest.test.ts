import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readManifest } from "strongroom/src/manifest/manifest.ts";
import type { Needed } from "strongroom/src/manifest/manifest.ts";
import { expect, it, onTestFinished } from "vitest";

function read(text: string, name = "file"): Needed[] {
  const folder = mkdtempSync(join(tmpdir(), "sr-manifest-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, text);
  return readManifest(path);
}

const SECRETS = {
  "strongroom://a/b#f": { description: "d" },
  "strongroom://o": { optional: true },
};

it("reads a manifest, and the references of a .env file", () => {
  expect(read(JSON.stringify({ schema: 1, secrets: SECRETS }))).toEqual([
    { reference: { name: "a/b", field: "f" }, description: "d", isOptional: false },
    { reference: { name: "o" }, description: "", isOptional: true },
  ]);
  const text = `# c\n  export A=strongroom://a/b # d\nB='one\ntwo three'\n\nC="x\\"\ny z"\nD = 'it\nE: strongroom://e\n`;
  expect(read(text).map(({ description, reference }) => [description, reference.name])).toEqual([
    ["A", "a/b"],
    ["E", "e"],
  ]);
});

it("takes a manifest that needs nothing, and no other file that names nothing", () => {
  expect(read('{"schema":1,"secrets":{}}')).toEqual([]);
  for (const text of ["", "# nothing\n", "A=1\n"]) {
    expect(() => read(text)).toThrow("names no secret: there is nothing to check");
  }
});

it.each([
  ["{"],
  ["[]"],
  ['"strongroom://a"', "strongroom.json"],
  ["A=strongroom://a\n", "strongroom.json"],
  [JSON.stringify({ schema: 2, secrets: SECRETS })],
  [JSON.stringify({ schema: 1 })],
  [JSON.stringify({ schema: 1, secrets: { "a/b": {} } })],
  [JSON.stringify({ schema: 1, secrets: { "strongroom://a": [] } })],
  ["secrets:\n  - strongroom://nope\n"],
  ["#!/bin/sh\nset -e\nA=strongroom://a/b\n"],
  ["A=strongroom://a/b\nconst secret = 1;\n"],
  ["A=strongroom://a/b\nB=x strongroom://c\n"],
  ["A=strongroom://a?v=1\n"],
])("refuses what it does not understand: %j", (text, name = "file") => {
  expect(() => read(text, name)).toThrow(expect.objectContaining({ code: "INVALID" }) as Error);
});
