import { readAws } from "strongroom/src/helpers/aws.ts";
import { expect, it } from "vitest";

const AT = Date.UTC(2026, 0, 1);
const KEYS = { AccessKeyId: "AKIA", SecretAccessKey: "sup3r" };

it("gives AWS what it takes, at one level or two", () => {
  const ending = { SessionToken: "t", Expiration: "2026-01-01T00:00:01Z" };
  const taken = { Version: 1, ...KEYS, ...ending, Expiration: "2026-01-01T00:00:01.000Z" };
  const all: readonly (readonly [said: object, taken: object])[] = [
    [KEYS, { Version: 1, ...KEYS }],
    [
      { ...KEYS, SessionToken: "" },
      { Version: 1, ...KEYS, SessionToken: "" },
    ],
    [{ Version: 1, ...KEYS, ...ending, More: [] }, taken],
    [{ Credentials: { ...KEYS, ...ending } }, taken],
    [{ Version: 1, Credentials: { ...KEYS, ...ending } }, taken],
  ];
  for (const [said, expected] of all) {
    expect(readAws(JSON.stringify(said), AT)).toEqual(expected);
  }
});

it.each<readonly [what: string, said: object]>([
  ["a time that is a number", { Expiration: 1_700_000_000 }],
  ["a time that is a number to come", { Expiration: 4_000_000_000 }],
  ["a time that is null", { Expiration: null }],
  ["a time that is empty", { Expiration: "" }],
  ["a time that is none", { Expiration: "soon" }],
  ["a time of more than four digits for the year", { Expiration: "+010000-01-01T00:00:00Z" }],
  ["a time that is past", { Expiration: "2026-01-01T00:00:00Z" }],
  ["another version", { Version: 2 }],
  ["a version that is a text", { Version: "1" }],
  ["an empty key id", { AccessKeyId: "" }],
  ["an empty key", { SecretAccessKey: "" }],
  ["a key that is none", { SecretAccessKey: ["sup3r"] }],
  ["a session token that is null", { SessionToken: null }],
  ["another version around", { Version: 2, Credentials: KEYS }],
])("refuses %s, and quotes nothing", (_, said) => {
  const text = JSON.stringify({ ...KEYS, ...said });
  expect(() => readAws(text, AT)).toThrow(
    expect.objectContaining({
      code: "INVALID",
      message: expect.not.stringContaining("sup3r") as string,
    }) as Error,
  );
});
