import fc from "fast-check";
import { collectionPath, itemPath, placeOf, ROOT } from "strongroom/src/secret-service/paths.ts";
import { describe, expect, it } from "vitest";

const names = fc
  .string({ unit: "binary", minLength: 1 })
  .filter((text) => !/\p{Surrogate}/u.test(text));

describe("the paths of objects", () => {
  it("lead back to what they are the paths of, and are legal", () => {
    fc.assert(
      fc.property(names, names, (collection, item) => {
        const path = itemPath(collection, item);
        expect(path).toMatch(/^(?:\/[A-Za-z0-9_]+)+$/);
        expect(placeOf(path)).toEqual({ kind: "item", collection, item });
        expect(placeOf(collectionPath(collection))).toEqual({ kind: "collection", collection });
      }),
    );
  });

  it.each([
    "/org/freedesktop/secretsx",
    "/org/freedesktop/secret",
    "/other",
    `${ROOT}/collection`,
    `${ROOT}/collection/a/b/c`,
    `${ROOT}/aliases/default/a`,
    `${ROOT}/session/s1/x`,
    `${ROOT}/nothing/a`,
    // An object has one path: these letters need no escape, and these are no UTF-8 or no escape.
    `${ROOT}/collection/_61`,
    `${ROOT}/collection/_2D`,
    `${ROOT}/collection/_ff`,
    `${ROOT}/collection/a_b`,
    `${ROOT}/collection/_`,
  ])("lead nowhere when they are %s", (path) => {
    expect(placeOf(path)).toBeUndefined();
  });

  it("know the service, what is above it, and what belongs to programs", () => {
    expect(placeOf(ROOT)).toEqual({ kind: "service" });
    const above = ["/", "/org", "/org/freedesktop"].map((path) => placeOf(path)?.kind);
    expect(above).toEqual(["above", "above", "above"]);
    expect(placeOf(`${ROOT}/aliases/default`)).toEqual({ kind: "alias", alias: "default" });
    expect(placeOf(`${ROOT}/session/s1`)).toEqual({ kind: "session" });
    expect(placeOf(`${ROOT}/prompt/p1`)).toEqual({ kind: "prompt" });
  });
});
