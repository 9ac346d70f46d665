import { readAbout, writeAbout } from "strongroom/src/secret-service/about.ts";
import { expect, it } from "vitest";

const usual = { label: "usual", attributes: new Map<string, string>(), created: 7, aliases: [] };

it("what is written of an item is read again, names that objects have of themselves too", () => {
  const attributes = new Map([
    ["__proto__", "a"],
    ["constructor", ""],
    ["a", "\n\u{1f4a5}"],
  ]);
  const about = { label: "", attributes, created: 1, aliases: ["x"], bus: "0f" };
  const metadata = writeAbout(about, { tags: ["kept"], note: "old", contentType: "a/b" }, "text/x");
  expect(readAbout(metadata.note, usual)).toEqual(about);
  expect(metadata).toMatchObject({ tags: ["kept"], contentType: "text/x" });
});

it.each([
  undefined,
  "",
  "by hand",
  "null",
  "[1]",
  "7",
  '{"label":1,"attributes":[1],"created":-1,"aliases":{},"bus":2}',
  '{"label":"a\\u0000","attributes":{"a":1,"b":"\\u0000","\\u0000":"c"},"created":1.5,"aliases":[1]}',
])("a note that no program wrote says nothing: %j", (note) => {
  expect(readAbout(note, usual)).toEqual(usual);
});
