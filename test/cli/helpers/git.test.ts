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
