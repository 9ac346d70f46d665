import { readDotenv, readJson } from "strongroom/src/imports/plain.ts";
import { readMcporter } from "strongroom/src/imports/mcporter.ts";
import { readToolhive } from "strongroom/src/imports/toolhive.ts";
import { describe, expect, it } from "vitest";
import { toolhive } from "../../support/import-sources.ts";
import { answers, SourceFiles, textsOf } from "../../support/source-files.ts";

describe("text of anybody", () => {
  const latin1 = Buffer.from("A=\xe9\xe8\n", "latin1");
  const utf16 = Buffer.from("\uFEFFA=hush\r\n", "utf16le");

  it.each([
    ["Latin-1", readDotenv, latin1],
    ["UTF-16", readDotenv, utf16],
    ["UTF-16 without a mark", readDotenv, utf16.subarray(2)],
    ["JSON in Latin-1", readJson, Buffer.from('{"A":"hush\xe9"}', "latin1")],
    ["mcporter's in Latin-1", readMcporter, Buffer.from('{"version":1,"\xe9":{}}', "latin1")],
  ] as const)("that is no UTF-8 (%s) is refused by its name", async (_, read, content) => {
    const path = new SourceFiles().file("source", content);
    await expect(read(path)).rejects.toMatchObject({
      code: "CORRUPT",
      message: `${path}: it is no text in UTF-8`,
      hint: expect.stringContaining("iconv") as string,
    });
  });

  it("is no text in ToolHive's file either, when it is none", async () => {
    const sealed = toolhive("pw", { a: "\xe9" }, "latin1");
    const path = new SourceFiles().file("t", sealed);
    await expect(readToolhive(path, answers("pw"))).rejects.toMatchObject({
      message: expect.stringContaining("no text in UTF-8") as string,
    });
  });

  it("may begin with a byte order mark", async () => {
    const files = new SourceFiles();
    expect(textsOf(await readJson(files.file("j", '\uFEFF{"a":"b"}')))).toEqual({ a: "b" });
    expect(textsOf(await readDotenv(files.file("d", "\uFEFFA=b\n")))).toEqual({ A: "b" });
  });
});

describe("JSON", () => {
  const read = (text: string): ReturnType<typeof readJson> =>
    readJson(new SourceFiles().file("source.json", text));

  it("keeps what is no text as it stands there, with all of its digits", async () => {
    const text = `{"pin": 12345678901234567890, "ver" :1.10, "e":1e400, "n":null ,"o":{"a" : [1.0, "}\\""]},
      "s\\u0041":"\\n\\\\\\"", "empty":""}`;
    expect(textsOf(await read(text))).toEqual({
      pin: "12345678901234567890",
      ver: "1.10",
      e: "1e400",
      n: "null",
      o: '{"a" : [1.0, "}\\""]}',
      sA: '\n\\"',
      empty: "",
    });
    expect(textsOf(await read("{}"))).toEqual({});
  });

  it("says of a name that is there twice that the last one counts", async () => {
    const found = await read('{"a":"one","b":"x","\\u0061":"two"}');
    expect(textsOf(found)).toEqual({ a: "two", b: "x" });
    expect(found.remarks).toEqual(["a is there twice; the last one counts"]);
  });

  it("leaves half a character out, and says so", async () => {
    const found = await read('{"a":"\\ud83d","b":"\\ud83d\\ude00"}');
    expect(textsOf(found)).toEqual({ b: "😀" });
    expect(found.remarks).toEqual(["a holds half a character, and is left out"]);
  });

  it.each([
    ["utf8", "héllo", "héllo"],
    ["base64", "aMOpbGxv", "héllo"],
    ["base64", "!!!not base64!!!", "CORRUPT"],
    ["base64", "aMOpbGx", "CORRUPT"],
    ["hex", "68", "UNSUPPORTED_FORMAT"],
    [7, "68", "UNSUPPORTED_FORMAT"],
  ])("takes an entry whose encoding is %j only as it is", async (encoding, value, expected) => {
    const entry = { name: "a", value, encoding };
    const reading = read(JSON.stringify({ schema: 1, secrets: [entry] }));
    if (expected !== "héllo") {
      await expect(reading).rejects.toMatchObject({
        code: expected,
        message: expect.stringMatching(/"a"/u) as string,
      });
      await expect(reading).rejects.not.toThrow(value);
    } else expect(textsOf(await reading)).toEqual({ a: expected });
  });
});

describe("dotenv", () => {
  const read = (text: string): ReturnType<typeof readDotenv> =>
    readDotenv(new SourceFiles().file(".env", text));

  it("names the lines that are no variables, and shows nothing of them", async () => {
    const found = await read(
      `# one\nA=1\nhush hush\n\nexport B="x\nhush=y \\"z\n" # end\nC: 4\r\nD='lone\nE='a'\nhush\n`,
    );
    expect(textsOf(found)).toEqual({ A: "1", B: 'x\nhush=y \\"z\n', C: "4", D: "'lone", E: "a" });
    expect(found.remarks).toEqual([
      "line 3 is no variable, and is left out",
      "line 11 is no variable, and is left out",
    ]);
    const many = await read("hush\n".repeat(1000));
    expect(many.remarks).toHaveLength(11);
    expect(many.remarks.at(-1)).toBe("990 more lines are no variables, and are left out");
  });

  it("says of a name that is there twice that the last one counts", async () => {
    const found = await read("A='one\nB='x'\nexport A=two\nB=x\n");
    expect(textsOf(found)).toEqual({ A: "two", B: "x" });
    expect(found.remarks).toEqual([
      "A is there twice; the last one counts",
      "B is there twice; the last one counts",
    ]);
  });

  it("with a value or a number of variables beyond all measure is refused", async () => {
    for (const text of [`A="${"x".repeat(20_000_000)}"\n`, "A=1\n".repeat(100_001)]) {
      await expect(read(text)).rejects.toMatchObject({ code: "TOO_LARGE" });
    }
  });
});
