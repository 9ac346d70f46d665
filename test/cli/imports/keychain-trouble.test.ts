import { keychainTrouble } from "strongroom/src/imports/keychain-trouble.ts";
import { expect, it } from "vitest";

it.each([
  [
    "org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files",
    "there is no keychain here",
  ],
  ["Failed to connect to address `unix:path=/b`: No such file", "there is no keychain here"],
  ["org.freedesktop.Secret.Error.IsLocked: Cannot get secret of a locked object", "is locked"],
  ["something else", "does not answer"],
])("a keychain that gives nothing is told apart by what is said of it: %s", (said, words) => {
  expect(keychainTrouble(new Error(`zbus error: ${said}`))).toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining(words) as string,
    hint: expect.stringContaining("strongroom import --from keychain SERVICE") as string,
  });
});
