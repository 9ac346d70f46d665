import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SERVICE } from "../support/bus-client.ts";
import { GoLibsecret } from "../support/go-libsecret.ts";
import { noBus, secretBus } from "../support/secret-bus.ts";
import type { SecretBus } from "../support/secret-bus.ts";

/** A program that has just been started, as gogcli keeps its tokens. */
async function gogcli(bus: SecretBus, name = "gogcli"): Promise<GoLibsecret> {
  return new GoLibsecret(await bus.client(), name);
}

const KEY = "token:default:me@example.com";

test.skipIf(noBus !== "")(
  `a program by go-libsecret finds its collection and its keys again, as gogcli does${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const first = await gogcli(bus);
    expect([await first.get(KEY), await first.keys()]).toEqual([undefined, []]);
    await first.set(KEY, '{"Data":"b25l"}');
    await first.set("token:me@example.com", '{"Data":"YWxpYXM="}');
    await first.set(KEY, '{"Data":"dHdv"}');
    expect(await first.get(KEY)).toBe('{"Data":"dHdv"}');
    const next = await gogcli(bus);
    expect(await next.get(KEY)).toBe('{"Data":"dHdv"}');
    expect((await next.keys()).toSorted()).toEqual([KEY, "token:me@example.com"]);
    expect(next.collection).toBe(`${SERVICE}/collection/gogcli`);
    // A name is looked for as it is written, and as its path can be read.
    const other = await gogcli(bus, "my-own_tool 2");
    await other.set(KEY, "three");
    expect(await (await gogcli(bus, "my-own_tool 2")).get(KEY)).toBe("three");
    // A lock that takes no person to open is opened for it.
    await bus.cli(["lock"]);
    expect(await next.get(KEY)).toBe('{"Data":"dHdv"}');
    await bus.cli(["lock"]);
    // Who could see the one that there is, and makes one all the same, gets another.
    expect(await next.create()).toMatch(/\/gogcli_2d[0-9a-f]{8}$/);
    await bus.cli(["lock"]);
    expect((await next.keys()).toSorted()).toEqual([KEY, "token:me@example.com"]);
    await next.remove(KEY);
    await next.remove(KEY);
    expect([await next.get(KEY), await next.keys()]).toEqual([undefined, ["token:me@example.com"]]);
    const left = await bus.cli(["list", "secret-service/gogcli/**"]);
    expect(left.stdout).toMatch(/^secret-service\/gogcli\/token-me-example-com-[0-9a-f]{8}\n$/);
  },
);

test.skipIf(noBus !== "")(
  `who makes their collection while nobody can see what there is gets the one they have${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const before = await bus.serve();
    await (await gogcli(bus)).set(KEY, "kept");
    before.child.kill("SIGTERM");
    await before.ended;
    await bus.cli(["lock"]);
    const [file, away] = ["config/keyfile", "away"].map((name) => join(bus.place.home, name));
    renameSync(file as string, away as string);
    const served = await bus.serve();
    // It opens the keyring, or it would keep its tokens in a file; and is told that there is no key.
    const program = await gogcli(bus);
    expect([await program.get(KEY), program.collection]).toEqual([undefined, undefined]);
    await expect(program.set(KEY, "lost")).rejects.toThrow();
    expect(served.said).toContain("strongroom unlock");
    renameSync(away as string, file as string);
    await program.set("another", "too");
    expect(program.collection).toBe(`${SERVICE}/collection/gogcli`);
    expect(await (await gogcli(bus)).get(KEY)).toBe("kept");
    expect((await (await gogcli(bus)).keys()).toSorted()).toEqual(["another", KEY]);
    // The collection of the session is nobody's to be given: what is in it ends.
    served.child.kill("SIGTERM");
    await served.ended;
    await bus.cli(["lock"]);
    await bus.serve();
    expect(await (await gogcli(bus, "session")).create()).toMatch(/\/session_2d[0-9a-f]{8}$/);
  },
);

test.skipIf(noBus !== "")(
  `a program by go-keyring is given the very paths that it asked for, as gh wants it${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const client = await bus.client();
    const login = `${SERVICE}/collection/login`;
    expect(await client.property(SERVICE, "Service", "Collections")).toContain(login);
    const unlock = (path: string): ReturnType<typeof client.ask> =>
      client.ask(SERVICE, "Service", "Unlock", "ao", [[path]]);
    // It takes anything but that one path for a collection that stayed locked.
    for (const path of [login, `${SERVICE}/aliases/default`]) {
      expect(await unlock(path)).toEqual([[path], "/"]);
    }
    const session = await client.session();
    const search = async (username: string): Promise<unknown> => {
      const asked = [new Map(Object.entries({ username, service: "gh:github.com" }))];
      return (await client.ask(login, "Collection", "SearchItems", "a{ss}", asked))[0];
    };
    // An empty name is a name: gh has one for whoever is signed in.
    const [active, me] = [
      await client.store(session, { username: "", service: "gh:github.com" }, "active"),
      await client.store(session, { username: "me", service: "gh:github.com" }, "mine"),
    ];
    expect([await search(""), await search("me"), await search("you")]).toEqual([
      [active],
      [me],
      [],
    ]);
    expect(await unlock(me)).toEqual([[me], "/"]);
    expect(await client.value(me, session)).toBe("mine");
    expect(await client.ask(me, "Item", "Delete")).toEqual(["/"]);
    await client.ask(session, "Session", "Close");
    expect([await search(""), await search("me")]).toEqual([[active], []]);
  },
);
