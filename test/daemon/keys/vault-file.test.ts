import { expect, test } from "vitest";
import { parseVault, vaultText } from "@strongroom/daemon/src/keys/vault-file.ts";

const ID = Buffer.from("00112233445566778899aabbccddeeff", "hex");
const PATH = "/v/vault.json";

function codeOf(text: string): string {
  try {
    parseVault(Buffer.from(text), PATH);
    return "taken";
  } catch (error) {
    expect(error).toMatchObject({ message: expect.stringContaining(PATH) });
    return (error as { code: string }).code;
  }
}

test("vault.json holds format and id, and nothing else", () => {
  const text = vaultText(ID);
  expect(text).toBe('{"format":1,"id":"00112233445566778899aabbccddeeff"}\n');
  expect(parseVault(Buffer.from(text), PATH)).toEqual(ID);
});

test("another format is UNSUPPORTED_FORMAT, whatever else a later release writes there", () => {
  const text = vaultText(ID);
  for (const format of ["0", "2", "10", "11", "999999999"]) {
    expect(codeOf(text.replace("1", format)), format).toBe("UNSUPPORTED_FORMAT");
  }
  expect(codeOf('{"format":2}')).toBe("UNSUPPORTED_FORMAT");
  expect(codeOf('{"name":"x","format":2,"more":[]}\n')).toBe("UNSUPPORTED_FORMAT");
});

test("anything else is CORRUPT", () => {
  const text = vaultText(ID);
  const damaged = [
    "",
    text.trimEnd(),
    `${text}\n`,
    text.replace("ff", "f"),
    text.replace("ff", "FF"),
    text.replace("}", ',"more":1}'),
    text.replace("format", "formal"),
    text.replace(":1", ": 1"),
  ];
  for (const each of damaged) expect(codeOf(each), each).toBe("CORRUPT");
});
