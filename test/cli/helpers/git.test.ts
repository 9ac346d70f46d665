import { gitCredential } from "strongroom/src/helpers/git.ts";
import { expect, test } from "vitest";
import { connected, throwaway } from "../../support/connected.ts";

const USERS = [
  "me@mail.example",
  "github-actions[bot]",
  "a/b",
  "a%2Fb",
  "a%252Fb",
  "%5Bbot%5D",
  "100%",
  "*?{}'()!~",
  "tab\there",
  "\u202Eright",
  "é",
  "é".normalize("NFD"),
  "=",
  "@",
];

type Git = (operation: string, more?: string, host?: string) => Promise<string>;

function gitOf(client: Parameters<typeof gitCredential>[0]): Git {
  return (operation, more = "", host = "git.example") =>
    gitCredential(client, operation, `protocol=https\nhost=${host}\n${more}\n`);
}

test("git is told each user as it was stored, whatever is in it", { timeout: 60_000 }, async () => {
  const client = await connected(throwaway());
  const git = gitOf(client);
  for (const [at, user] of USERS.entries()) {
    const [host, said] = [`h${at}.example`, `username=${user}\npassword=p${at}\n`];
    await git("store", said, host);
    await git("store", said);
    expect(await git("get", "", host)).toBe(said);
  }
  for (const [at, user] of USERS.entries()) {
    const said = `username=${user}\npassword=p${at}\n`;
    expect(await git("get", `username=${user}\n`)).toBe(said);
    await git("erase", said);
    expect(await git("get", `username=${user}\n`)).toBe("");
  }
  const { secrets } = await client.list({ pattern: "git/https/h0.example/**" });
  expect(secrets.map(({ name }) => name)).toEqual(["git/https/h0.example/@me@mail.example"]);
});

test(
  "what older versions stored for git is found, and replaced, where it was",
  { timeout: 60_000 },
  async () => {
    const client = await connected(throwaway());
    const git = gitOf(client);
    const older: readonly (readonly [user: string, name: string])[] = [
      ["github-actions[bot]", "@github-actions%5Bbot%5D"],
      ["a/b", "@a%2Fb"],
      ["a/b[c]", "@a%252Fb%5Bc%5D"],
      ["a%41", "@a%41"],
      ["100%", "@100%"],
    ];
    for (const [at, [user, name]] of older.entries()) {
      const host = `h${at}.example`;
      const stored = `git/https/${host}/${name}`;
      await client.set(stored, "older");
      const said = `username=${user}\npassword=older\n`;
      expect(await git("get", "", host)).toBe(said);
      expect(await git("get", `username=${user}\n`, host)).toBe(said);
      // As git does after each use.
      await git("store", said, host);
      expect(await client.get(stored)).toMatchObject({ version: 1 });
      await git("store", `username=${user}\npassword=newer\n`, host);
      expect(await git("get", "", host)).toBe(`username=${user}\npassword=newer\n`);
      await git("erase", `username=${user}\npassword=newer\n`, host);
      expect(await git("get", "", host)).toBe("");
    }
    // It was stored of one of these two: of which, nobody knows any more.
    await client.set("git/https/two.example/@a%2Fb", "older");
    await git("store", "username=a%2Fb\npassword=newer\n", "two.example");
    expect(await git("get", "username=a/b\n", "two.example")).toContain("password=older\n");
  },
);

test(
  "a refusal that names no user takes all that git can mean by it",
  { timeout: 60_000 },
  async () => {
    const client = await connected(throwaway());
    const git = gitOf(client);
    const store = async (user: string, password: string, more = ""): Promise<string> =>
      git("store", `${more}username=${user}\npassword=${password}\n`);
    const left = async (): Promise<readonly string[]> =>
      (await client.list({ pattern: "git/**" })).secrets.map(({ name }) => name);
    await store("one", "same");
    await store("a/b", "same");
    await store("two", "other");
    await store("one", "deeper", "path=repo.git\n");
    await client.set("git/https/git.example/notes", "none of git's");
    const stays = ["git/https/git.example/notes", "git/https/git.example/repo.git/@one"];
    await git("erase", "password=same\n");
    expect(await left()).toEqual(["git/https/git.example/@two", ...stays]);
    await git("erase", "password=late\n");
    expect(await git("get")).toContain("password=other\n");
    await git("erase");
    expect([await git("get"), await left()]).toEqual(["", stays]);
    expect(await gitCredential(client, "erase", "protocol=https\n\n")).toBe("");
    expect(await left()).toEqual(stays);
  },
);

test("a refusal takes only what was there when it was looked at", { timeout: 60_000 }, async () => {
  const client = await connected(throwaway());
  const name = "git/https/git.example/@me";
  await client.set(name, "first");
  // Somebody else stores a fresh one between the look and the erasing.
  const overtaken: Parameters<typeof gitCredential>[0] = {
    call: (method, params) => client.call(method, params),
    change: async (method, params) => {
      await client.set(name, "first");
      return client.change(method, params);
    },
  };
  for (const said of ["", "username=me\n", "username=me\npassword=first\n"]) {
    await gitOf(overtaken)("erase", said);
    expect((await client.get(name))?.text()).toBe("first");
  }
});

test(
  "a password is kept whatever end git gives it, and given only where it is text",
  { timeout: 60_000 },
  async () => {
    const client = await connected(throwaway());
    const git = gitOf(client);
    const ends = ["99999999999999999999", "8640000000001", "0", "-1", "soon", "1e9", ""];
    for (const [at, end] of ends.entries()) {
      const host = `h${at}.example`;
      await git("store", `username=me\npassword=p\npassword_expiry_utc=${end}\n`, host);
      expect([end, await git("get", "", host)]).toEqual([end, "username=me\npassword=p\n"]);
    }
    const last = "username=me\npassword=p\npassword_expiry_utc=8640000000000\n";
    await git("store", last);
    expect(await git("get")).toBe(last);
    // Bytes that are no text have become this letter by then.
    await git("store", "username=me\npassword=\uFFFD\n");
    await git("store", "username=\uFFFD\npassword=p\n");
    expect(await git("get")).toBe(last);
    await client.set("git/https/git.example/@me", "a\nhost=other");
    expect(await git("get")).toBe("");
    await client.set("git/https/git.example/@me", Uint8Array.of(0xff, 0x61));
    expect(await git("get")).toBe("");
    await git("erase", "password=\uFFFDa\n");
    expect(await client.get("git/https/git.example/@me")).not.toBeNull();
  },
);
