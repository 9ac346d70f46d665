import { expect, it } from "vitest";
import { hintFor } from "strongroom/src/owner-hint.ts";

const KEY = { STRONGROOM_API_KEY_FILE: "/run/key" };

it.each([
  ["strongroom oauth list", "as the owner of the vault: strongroom oauth list"],
  [
    "sign in again: strongroom oauth login NAME URL",
    "as the owner of the vault: sign in again: strongroom oauth login NAME URL",
  ],
  ["strongroom list", "strongroom list"],
  ["strongroom keyring", "strongroom keyring"],
])("who acts with a key is told whose the next step is: %s", (hint, told) => {
  expect(hintFor(hint, KEY)).toBe(told);
  expect(hintFor(hint, {})).toBe(hint);
});
