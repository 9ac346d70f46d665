import { describe, expect, it } from "vitest";
import { Annotation } from "@strongroom/swamp/src/annotation.ts";

const FIELDS = { url: "https://example.com/a", notes: "two\nlines", labels: { env: "test" } };

describe("an annotation", () => {
  it("is the same when it went through JSON", () => {
    const before = Annotation.create(FIELDS);
    const after = Annotation.fromData(JSON.parse(JSON.stringify(before.toData())));
    expect(after).toEqual(before);
    expect(after.updatedAt).toEqual(before.updatedAt);
  });

  it("has the time of its change in its data, and no field that it does not have", () => {
    const data = Annotation.create({}, new Date(0)).toData();
    expect(data).toEqual({ updatedAt: "1970-01-01T00:00:00.000Z" });
  });

  it("keeps what a merge does not name", () => {
    const merged = Annotation.create(FIELDS).merge({ labels: { version: "2" } });
    expect(merged).toMatchObject({ ...FIELDS, labels: { env: "test", version: "2" } });
  });

  it("changes what a merge names, in a new one", () => {
    const before = Annotation.create(FIELDS, new Date(0));
    const after = before.merge({ notes: "other", labels: { env: "prod" } });
    expect(after).toMatchObject({ url: FIELDS.url, notes: "other", labels: { env: "prod" } });
    expect(after.updatedAt.getTime()).toBeGreaterThan(0);
    expect(before).toMatchObject(FIELDS);
    expect(Object.isFrozen(before.labels)).toBe(true);
  });

  it.each([
    [{}, true],
    [{ labels: {} }, true],
    [{ url: "https://example.com" }, false],
    [{ notes: "a" }, false],
    [{ labels: { a: "" } }, false],
  ])("of %j is empty: %s", (fields, isEmpty) => {
    expect(Annotation.create(fields).isEmpty()).toBe(isEmpty);
  });

  it("equals one that says the same at another time, labels in any order", () => {
    const one = Annotation.create({ ...FIELDS, labels: { a: "1", b: "2" } }, new Date(0));
    expect(one.equals(Annotation.create({ ...FIELDS, labels: { b: "2", a: "1" } }))).toBe(true);
    expect(one.equals(one.merge({ labels: { a: "3" } }))).toBe(false);
    expect(one.equals(one.merge({ notes: "" }))).toBe(false);
  });
});
