import { dockerCredential } from "strongroom/src/helpers/docker.ts";
import { expect, test } from "vitest";
import { connected, throwaway } from "../../support/connected.ts";

const NONE = { text: "credentials not found in native keychain\n", isError: true };

test("docker has back what it stored of every server", { timeout: 60_000 }, async () => {
  const client = await connected(throwaway());
  const urls = [
    "__proto__",
    "constructor",
    "..",
    "https://r.example/*?[x]",
    "https://r.example/é",
    `https://r.example/${"a".repeat(400)}`,
    `https://r.example/${"a".repeat(399)}b`,
    `https://r.example/${"é".repeat(60)}`,
  ];
  for (const [at, url] of urls.entries()) {
    const said = { ServerURL: url, Username: `u${at}`, Secret: `s${at}` };
    expect(await dockerCredential(client, "get", url)).toEqual(NONE);
    expect(await dockerCredential(client, "store", JSON.stringify(said))).toEqual({
      text: "",
      isError: false,
    });
    const { isError, text } = await dockerCredential(client, "get", url);
    expect([isError, JSON.parse(text)]).toEqual([false, said]);
  }
  const { text } = await dockerCredential(client, "list", "");
  expect(new Map(Object.entries(JSON.parse(text) as object))).toEqual(
    new Map(urls.map((url, at) => [url, `u${at}`])),
  );
  for (const url of urls) {
    expect(await dockerCredential(client, "erase", url)).toEqual({ text: "", isError: false });
    expect(await dockerCredential(client, "get", url)).toEqual(NONE);
  }
});

test("what docker could not read is neither stored nor told", { timeout: 60_000 }, async () => {
  const client = await connected(throwaway());
  const store = async (said: object): Promise<object> =>
    dockerCredential(client, "store", JSON.stringify(said));
  const [ServerURL, Username, Secret] = ["x", "u", "s"];
  const noUser = { text: "no credentials username\n", isError: true };
  const noUrl = { text: "no credentials server URL\n", isError: true };
  const noSecret = { text: "credentials secret is no text\n", isError: true };
  expect(await store({ ServerURL, Username: 7, Secret })).toEqual(noUser);
  expect(await store({ ServerURL: ["x"], Username, Secret })).toEqual(noUrl);
  expect(await store({ ServerURL, Username, Secret: { a: 1 } })).toEqual(noSecret);
  expect(await store({ ServerURL, Username, Secret: "\uFFFD" })).toEqual(noSecret);
  expect((await client.list()).secrets).toEqual([]);
  const others: readonly (readonly [name: string, value: string | Uint8Array])[] = [
    ["x", '{"username":7,"secret":{"a":1}}'],
    ["user", '{"username":7,"secret":"s"}'],
    ["secret", '{"username":"u","secret":7}'],
    ["bytes", Uint8Array.of(0xff)],
    [`sha256:${"0".repeat(64)}`, '{"username":"u","secret":"s","url":"other"}'],
    [`sha256:${"1".repeat(64)}`, '{"username":"u","secret":"s"}'],
  ];
  for (const [name, value] of others) await client.set(`docker/${name}`, value);
  expect(await dockerCredential(client, "list", "")).toEqual({ text: "{}\n", isError: false });
  for (const [name] of others) expect(await dockerCredential(client, "get", name)).toEqual(NONE);
  expect(await store({ ServerURL, Username })).toEqual({ text: "", isError: false });
  expect(await dockerCredential(client, "list", "")).toEqual({
    text: '{"x":"u"}\n',
    isError: false,
  });
});
