import { expect, it } from "vitest";
import { connected, throwaway } from "../support/connected.ts";

it("loses no increment of several clients that update one name at once", async () => {
  const place = throwaway();
  const first = await connected(place);
  const others = await Promise.all(Array.from({ length: 7 }, () => connected(place)));
  await Promise.all(
    [first, ...others].map(async (client) => {
      for (let turn = 0; turn < 10; turn += 1) {
        await client.update("counter", (current) => String(Number(current?.text() ?? 0) + 1));
      }
    }),
  );
  const counter = await first.get("counter");
  expect([counter.text(), counter.version]).toEqual(["80", 80]);
});

it("keeps the metadata, and passes on what computing throws", async () => {
  const client = await connected(throwaway());
  await client.set("a", "1", { metadata: { tags: ["t"] } });
  expect(await client.update("a", () => "2")).toMatchObject({ version: 2 });
  expect((await client.get("a")).metadata.tags).toEqual(["t"]);
  const failing = client.update("a", () => {
    throw new Error("cannot");
  });
  await expect(failing).rejects.toThrow("cannot");
  expect((await client.get("a")).text()).toBe("2");
});
