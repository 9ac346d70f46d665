import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Variant } from "strongroom/src/dbus/variant.ts";
import { expect, test } from "vitest";
import { connected } from "../support/connected.ts";
import { rounds, until } from "../support/processes.ts";
import { SERVICE } from "../support/bus-client.ts";
import { LAUNCHER, noBus, secretBus } from "../support/secret-bus.ts";

const LOGIN = `${SERVICE}/collection/login`;

test.skipIf(noBus !== "")(
  `a service that is killed loses nothing that it acknowledged${noBus}`,
  { timeout: 600_000 },
  async () => {
    const bus = await secretBus();
    const acknowledged = new Map<string, string>();
    let number = 0;
    const full = rounds("kills of the secret service", 3, 100);
    for (let round = 0; round < full; round += 1) {
      const served = await bus.serve();
      const client = await bus.client();
      const session = await client.session();
      const most = acknowledged.size + 5 + ((round * 7) % 40);
      const lane = async (): Promise<void> => {
        for (;;) {
          const name = String((number += 1));
          await client.store(session, { name }, `value ${name}`);
          acknowledged.set(name, `value ${name}`);
          if (acknowledged.size >= most) served.child.kill("SIGKILL");
        }
      };
      await Promise.allSettled([lane(), lane(), lane(), lane()]);
      await served.ended;
      // It would be told of all that the others store, for ever.
      client.bus.close();
    }
    const vault = await connected(bus.place);
    const found = new Map<string, string>();
    for await (const { metadata, name } of vault.entries({ pattern: "secret-service/**" })) {
      const { attributes } = JSON.parse(metadata.note ?? "") as { attributes: { name: string } };
      found.set(attributes.name, (await vault.get(name)).text());
    }
    expect([...acknowledged].filter(([name, value]) => found.get(name) !== value)).toEqual([]);
    // Of what was on its way each is there whole, with its value, or not at all.
    for (const [name, value] of found) expect(value).toBe(`value ${name}`);
  },
);

test.skipIf(noBus !== "")(
  `the name is taken only when it is free, or with --replace, and who loses it says so${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const first = await bus.serve();
    const client = await bus.client();
    const item = await client.store(await client.session(), { a: "1" }, "kept");
    const refused = await bus.cli(["secret-service"]);
    expect(refused.status).toBe(12);
    expect(refused.stderr).toContain(`(process ${first.child.pid}) serves secrets`);
    expect(refused.stderr).toContain("next: strongroom secret-service --replace");
    const second = await bus.serve(["--replace", "--json"]);
    expect(await first.ended).toBe(0);
    expect(first.said).toContain(`(process ${second.child.pid}) has taken the name`);
    expect(second.said).toMatch(
      /^\{"schema":1,"name":"org.freedesktop.secrets","bus":"[0-9a-f]{32}"\}$/m,
    );
    // Sessions are those of the process that has ended.
    expect(await client.value(item, await client.session())).toBe("kept");
    const owner = await bus.client();
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    // Somebody who keeps the name.
    expect(await owner.bus.ask("RequestName", "su", ["org.freedesktop.secrets", 0])).toEqual([1]);
    const kept = await bus.cli(["secret-service", "--replace"]);
    expect(kept.status).toBe(12);
    expect(kept.stderr).toContain("does not give it up");
  },
);

test.skipIf(noBus !== "")(
  `what other clients of the vault do is seen, and told to who listens${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const client = await bus.client();
    const session = await client.session();
    const heard = (line: string): Promise<void> =>
      until(line, () => client.signals().includes(line));
    const item = `${LOGIN}/by_20hand`;
    await bus.cli(["set", "secret-service/login/by hand", "--tag", "kept"], "one");
    expect(await client.property(LOGIN, "Collection", "Items")).toEqual([item]);
    await heard(`ItemCreated ${item}`);
    expect(await client.property(item, "Item", "Label")).toBe("by hand");
    expect(await client.value(item, session)).toBe("one");
    await client.change(item, "Item", "Label", new Variant("s", "A label"));
    await heard(`ItemChanged ${item}`);
    // Its tags are the owner's, and stay.
    const shown = await bus.cli(["list", "--json", "secret-service/login/by hand"]);
    expect(shown.stdout).toContain('"tags":["kept"]');
    expect((await bus.cli(["get", "secret-service/login/by hand"])).stdout).toBe("one");
    await bus.cli(["set", "secret-service/other/nested/deep"], "two");
    await heard(`CollectionCreated ${SERVICE}/collection/other`);
    const deep = `${SERVICE}/collection/other/nested_2fdeep`;
    expect(await client.value(deep, session)).toBe("two");
    // A note that no program wrote may hold anything.
    const note = JSON.stringify({ label: "a\0b", attributes: { a: "\0", b: "2" }, created: -1 });
    const odd = ["--note", note, "--content-type", "text/x"];
    await bus.cli(["set", "secret-service/login/odd", ...odd], "three");
    expect(await client.property(`${LOGIN}/odd`, "Item", "Label")).toBe("odd");
    const attributes = await client.property(`${LOGIN}/odd`, "Item", "Attributes");
    expect(attributes).toEqual(new Map([["b", "2"]]));
    // What ended with a value does not end the next one.
    const timed = await client.store(session, { timed: "1" }, "old", { label: "timed" });
    const name = timed.replace(`${LOGIN}/`, "secret-service/login/").replace("_2d", "-");
    await bus.cli(["tag", name, "kept", "--expires", "30d"]);
    expect((await bus.cli(["list", "--json", name])).stdout).toContain("expiresAt");
    expect(await client.store(session, { timed: "1" }, "new", { label: "timed" })).toBe(timed);
    const listed = (await bus.cli(["list", "--json", name])).stdout;
    expect(listed).not.toContain("expiresAt");
    expect(listed).toContain('"tags":["kept"]');
    await bus.cli(["daemon", "restart"]);
    expect(await client.value(item, session)).toBe("one");
    await bus.cli(["delete", "secret-service/login/by hand"]);
    await bus.cli(["delete", "secret-service/other/nested/deep"]);
    await heard(`ItemDeleted ${item}`);
    await heard(`CollectionDeleted ${SERVICE}/collection/other`);
    expect(await client.refusal(item, "Item", "GetSecret", "o", [session])).toBe(
      "org.freedesktop.Secret.Error.NoSuchObject",
    );
  },
);

test.skipIf(noBus !== "")(
  `what is kept for a session ends with its bus, and leaves nothing${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const served = await bus.serve();
    const client = await bus.client();
    const session = await client.session();
    const collection = `${SERVICE}/aliases/session`;
    const passing = await client.store(session, { a: "1" }, "passing", { collection });
    await client.store(session, { a: "2" }, "staying");
    const again = await client.store(session, { a: "1" }, "newer", { collection });
    expect(again).toBe(passing);
    expect(await client.value(passing, session)).toBe("newer");
    served.child.kill("SIGTERM");
    expect(await served.ended).toBe(0);
    // Another service on the same bus goes on with it.
    const next = await bus.serve();
    expect(await client.value(passing, await client.session())).toBe("newer");
    bus.daemon.kill("SIGTERM");
    expect(await next.ended).toBe(8);
    expect(next.said).toContain("the bus of the session is gone");
    const names = (await bus.cli(["list", "--json"])).stdout;
    expect(names).toContain("secret-service/login/");
    expect(names).not.toContain("secret-service/session/");
  },
);

test.skipIf(noBus !== "")(
  `without a vault or a bus it says what is missing, and ends${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    bus.daemon.kill("SIGKILL");
    await once(bus.daemon, "close");
    const gone = await bus.cli(["secret-service"]);
    expect(gone.status).toBe(8);
    expect(gone.stderr).toContain("the bus of the session does not answer");
    const none = await bus.run("env", [
      "-u",
      "DBUS_SESSION_BUS_ADDRESS",
      process.execPath,
      "--",
      LAUNCHER,
      "secret-service",
    ]);
    expect(none.status).toBe(8);
    expect(none.stderr).toContain("DBUS_SESSION_BUS_ADDRESS is not set");
    const empty = await bus.run("env", [
      "STRONGROOM_HOME=/nowhere-at-all",
      process.execPath,
      "--",
      LAUNCHER,
      "secret-service",
    ]);
    expect(empty.status).toBe(6);
  },
);

test.skipIf(noBus !== "")(
  `programs find a collection at the path of its label, and all by an alias${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.serve();
    const client = await bus.client();
    const create = async (label: string, alias = ""): Promise<string> => {
      const properties = new Map([
        ["org.freedesktop.Secret.Collection.Label", new Variant("s", label)],
      ]);
      const values = [properties, alias];
      const [path, prompt] = await client.ask(
        SERVICE,
        "Service",
        "CreateCollection",
        "a{sv}s",
        values,
      );
      expect(prompt).toBe("/");
      return path as string;
    };
    const alias = async (name: string): Promise<unknown> =>
      (await client.ask(SERVICE, "Service", "ReadAlias", "s", [name]))[0];
    const set = (name: string, path: string): Promise<string> =>
      client.refusal(SERVICE, "Service", "SetAlias", "so", [name, path]);
    const tool = await create("gogCLI");
    expect(tool).toBe(`${SERVICE}/collection/gogCLI`);
    expect(await create("Our things")).toBe(`${SERVICE}/collection/Our_20things`);
    expect(await create("a/b*")).toBe(`${SERVICE}/collection/a_2db`);
    expect(await create("gogCLI")).toMatch(/\/collection\/gogcli_2d[0-9a-f]{8}$/);
    expect(await create("any", "default")).toBe(LOGIN);
    expect(await set("default", tool)).toBe("none");
    expect(await set("tool", tool)).toBe("none");
    expect([await alias("default"), await alias("tool"), await alias("no")]).toEqual([
      tool,
      tool,
      "/",
    ]);
    expect(await client.store(await client.session(), { a: "1" }, "x")).toContain("/gogCLI/");
    expect(await set("default", LOGIN)).toBe("none");
    expect(await set("tool", "/")).toBe("none");
    expect([await alias("default"), await alias("tool")]).toEqual([LOGIN, "/"]);
    expect(await set("login", tool)).toBe("org.freedesktop.DBus.Error.NotSupported");
    expect(await set("x y", tool)).toBe("org.freedesktop.DBus.Error.InvalidArgs");
    expect(await set("x", `${SERVICE}/collection/none`)).toBe(
      "org.freedesktop.Secret.Error.NoSuchObject",
    );
    expect(await client.refusal(LOGIN, "Collection", "Delete")).toBe(
      "org.freedesktop.DBus.Error.NotSupported",
    );
  },
);

test.skipIf(noBus !== "")(
  `with an API key it does what that key may, and says so of the rest${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const rules = "list,get,set,delete,purge:secret-service/**";
    const made = await bus.cli(["key", "create", "secrets", "--allow", rules, "--no-expiry"]);
    const file = join(bus.place.home, "secrets.key");
    writeFileSync(file, made.stdout, { mode: 0o600 });
    await bus.cli(["set", "mine"], "not theirs");
    const served = await bus.serve([], { STRONGROOM_API_KEY_FILE: file });
    const client = await bus.client();
    const session = await client.session();
    const item = await client.store(session, { a: "1" }, "first");
    expect(await client.store(session, { a: "1" }, "second")).toBe(item);
    await client.change(item, "Item", "Label", new Variant("s", "Label"));
    expect(await client.value(item, session)).toBe("second");
    expect(await client.refusal(SERVICE, "Service", "Lock", "ao", [[item]])).toBe(
      "org.freedesktop.DBus.Error.AccessDenied",
    );
    await client.ask(item, "Item", "Delete");
    served.child.kill("SIGTERM");
    await served.ended;
    const narrow = await bus.cli(["key", "create", "narrow", "--allow", "get:x/**", "--no-expiry"]);
    writeFileSync(file, narrow.stdout, { mode: 0o600 });
    const key = `STRONGROOM_API_KEY_FILE=${file}`;
    const ended = await bus.run("env", [key, process.execPath, "--", LAUNCHER, "secret-service"]);
    expect(ended.status).toBe(4);
    expect(ended.stderr).toContain("strongroom key create secrets");
  },
);
