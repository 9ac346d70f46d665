import { checkName } from "@strongroom/client/protocol";
import fc from "fast-check";
import {
  collectionName,
  itemName,
  newCollection,
  newItem,
  splitName,
} from "strongroom/src/secret-service/names.ts";
import { expect, it } from "vitest";

it("names of items and collections are legal, whatever their labels are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.boolean(), (label, isTaken) => {
      const collection = newCollection(label, () => isTaken);
      const item = newItem(label);
      checkName(collectionName(collection));
      checkName(itemName(collection, item));
      expect(splitName(itemName(collection, item))).toEqual({ collection, item });
      expect(splitName(collectionName(collection))).toEqual({ collection });
    }),
  );
});

it("a collection is called as it is labelled where that can be, and no two the same", () => {
  const free = (): boolean => false;
  expect(newCollection("AwsVault", free)).toBe("AwsVault");
  expect(newCollection("Our things", free)).toBe("Our things");
  expect(newCollection("a/b", free)).toBe("a-b");
  expect(newCollection("..", free)).toBe("collection");
  expect(newCollection("", free)).toBe("collection");
  expect(newCollection("x".repeat(65), free)).toBe("x".repeat(40));
  expect(newCollection("AwsVault", () => true)).toMatch(/^awsvault-[0-9a-f]{8}$/);
  expect(newItem("A label, of a kind")).toMatch(/^a-label-of-a-kind-[0-9a-f]{8}$/);
  expect(newItem("日本")).toMatch(/^item-[0-9a-f]{8}$/);
});

it("what is not below the prefix belongs to nobody here", () => {
  expect(splitName("secret-service")).toBeUndefined();
  expect(splitName("other/secret-service/login/a")).toBeUndefined();
  expect(splitName("secret-service/a/b/c")).toEqual({ collection: "a", item: "b/c" });
});
