import { parseTemplate } from "strongroom/src/templates/template.ts";
import { filtered } from "strongroom/src/templates/filters.ts";
import { describe, expect, it } from "vitest";

describe("a template", () => {
  it("is text and places, and other braces are text", () => {
    const parts = parseTemplate(
      Buffer.from("a {{ .Helm }} {{strongroom://x/y#f?version=2 | base64|json }}\n}}{{"),
    );
    expect(parts).toEqual([
      Buffer.from("a {{ .Helm }} "),
      {
        reference: { name: "x/y", field: "f", version: 2 },
        where: "line 1",
        filters: ["base64", "json"],
      },
      Buffer.from("\n}}{{"),
    ]);
  });

  it.each(["{{- strongroom://x -}}", '{{ "strongroom://x" }}', "{{~ strongroom://x ~}}"])(
    "is refused where a reference would be left as it is: %s",
    (text) => {
      expect(() => parseTemplate(Buffer.from(`a\n${text}`))).toThrow("line 2");
    },
  );

  it("leaves the bytes around places as they are, and takes names of more than ASCII", () => {
    const parts = parseTemplate(
      Buffer.concat([
        Buffer.from([0x63, 0xe9, 0xa0, 0x85, 0x20]),
        Buffer.from("{{ strongroom://caf\u00e9/\u00e0 }}"),
        Buffer.from([0xff, 0x00]),
      ]),
    );
    expect(parts).toEqual([
      Buffer.from([0x63, 0xe9, 0xa0, 0x85, 0x20]),
      { reference: { name: "caf\u00e9/\u00e0" }, where: "line 1", filters: [] },
      Buffer.from([0xff, 0x00]),
    ]);
  });

  it.each([
    ["{{\u00a0strongroom://x }}", "line 1"],
    ["a\n{{ strongroom://x", "line 2"],
    ["{{ strongroom://x | rot13 }}", "line 1"],
    ["{{ strongroom://x }}\n\n{{ strongroom://y z }}", "line 3"],
    ["{{ strongroom:// }}", "line 1"],
    ["{{ strongroom://x?v=1 }}", "line 1"],
  ])("says in which line it is wrong: %j", (template, where) => {
    expect(() => parseTemplate(Buffer.from(template))).toThrow(where);
  });
});

describe("filters", () => {
  const value = Buffer.from(`it's "é"/+ !*`);
  it.each([
    [["base64"], value.toString("base64")],
    [["json"], JSON.stringify(value.toString())],
    [["shellquote"], `'it'\\''s "é"/+ !*'`],
    [["urlencode"], "it%27s%20%22%C3%A9%22%2F%2B%20%21%2A"],
    [["base64", "urlencode"], encodeURIComponent(value.toString("base64"))],
  ] as const)("%j", (filters, expected) => {
    expect(filtered(value, filters, "here").toString()).toBe(expected);
  });

  it("leave bytes as they are, and refuse to make text of them", () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    expect(filtered(bytes, [], "here")).toEqual(bytes);
    expect(filtered(bytes, ["base64", "json"], "here").toString()).toBe('"/wD+"');
    for (const filter of ["json", "urlencode", "shellquote"] as const) {
      expect(() => filtered(bytes, [filter], "here")).toThrow("no text");
    }
    expect(() => filtered(Buffer.from("a\0b"), ["shellquote"], "here")).toThrow("no text");
  });
});
