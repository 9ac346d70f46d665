import { getDiffieHellman } from "node:crypto";
import { Variant } from "strongroom/src/dbus/variant.ts";
import type { Value } from "strongroom/src/dbus/variant.ts";
import { beforeAll, expect, test } from "vitest";
import type { SecretBus, Served } from "../support/secret-bus.ts";
import { propertiesOf, secretOf, SERVICE } from "../support/bus-client.ts";
import { noBus, secretBus } from "../support/secret-bus.ts";

const BUS = "org.freedesktop.DBus.Error";
const SECRET = "org.freedesktop.Secret.Error";
const DH = "dh-ietf1024-sha256-aes128-cbc-pkcs7";
const DEFAULT = `${SERVICE}/aliases/default`;
const PRIME = BigInt(`0x${getDiffieHellman("modp2").getPrime("hex")}`);

let bus: SecretBus;
let served: Served;

beforeAll(async () => {
  if (noBus !== "") return;
  const ends: (() => Promise<void> | void)[] = [];
  bus = await secretBus((end) => ends.unshift(end));
  served = await bus.serve();
  return async () => {
    for (const end of ends) await end();
  };
});

test.skipIf(noBus !== "")(
  `a session is its opener's alone, and ends with them${noBus}`,
  { timeout: 60_000 },
  async () => {
    const [owner, thief] = [await bus.client(), await bus.client()];
    const session = await owner.session();
    const item = await owner.store(session, { a: "1" }, "CANARY-a");
    expect(await owner.value(item, session)).toBe("CANARY-a");
    const steal = (path: string): Promise<string> =>
      thief.refusal(item, "Item", "GetSecret", "o", [path]);
    expect(await steal(session)).toBe(`${SECRET}.NoSession`);
    expect(await steal(`${SERVICE}/session/s99`)).toBe(`${SECRET}.NoSession`);
    expect(await steal("/")).toBe(`${SECRET}.NoSession`);
    expect(await thief.refusal(session, "Session", "Close")).toBe(`${SECRET}.NoSession`);
    const both = [[item], session];
    expect(await thief.refusal(SERVICE, "Service", "GetSecrets", "aoo", both)).toBe(
      `${SECRET}.NoSession`,
    );
    expect(
      await thief.refusal(item, "Item", "SetSecret", "(oayays)", [secretOf(session, "x")]),
    ).toBe(`${SECRET}.NoSession`);
    await owner.ask(session, "Session", "Close");
    expect(await owner.refusal(item, "Item", "GetSecret", "o", [session])).toBe(
      `${SECRET}.NoSession`,
    );
    // What one left behind opens nothing for the next, whatever name that one has.
    const left = await owner.session();
    owner.bus.close();
    await owner.bus.ended;
    expect(await steal(left)).toBe(`${SECRET}.NoSession`);
    expect(served.said).not.toContain("CANARY");
  },
);

test.skipIf(noBus !== "")(
  `no public value is agreed with that leaves no secret${noBus}`,
  { timeout: 60_000 },
  async () => {
    const client = await bus.client();
    const open = (algorithm: string, input: Variant): Promise<string> =>
      client.refusal(SERVICE, "Service", "OpenSession", "sv", [algorithm, input]);
    const bytes = (value: bigint, length = 128): Variant =>
      new Variant("ay", Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex"));
    const refused = [0n, 1n, PRIME - 1n, PRIME, PRIME + 1n, 2n ** 1024n - 1n].map((value) =>
      bytes(value),
    );
    for (const value of [...refused, bytes(2n ** 1024n, 129), new Variant("ay", Buffer.alloc(0))]) {
      expect(await open(DH, value)).toBe(`${BUS}.InvalidArgs`);
    }
    expect(await open(DH, new Variant("ay", Buffer.alloc(1_000_000, 0xff)))).toBe(
      `${BUS}.InvalidArgs`,
    );
    expect(await open(DH, new Variant("s", "5"))).toBe(`${BUS}.InvalidArgs`);
    expect(await open("plain", bytes(5n))).toBe(`${BUS}.InvalidArgs`);
    expect(await open("rot13", new Variant("s", ""))).toBe(`${BUS}.NotSupported`);
    expect(await open(DH, bytes(5n))).toBe("none");
    expect(await open(DH, bytes(5n, 1))).toBe("none");
  },
);

test.skipIf(noBus !== "")(
  `an item without attributes takes the place of no secret that its owner has put there${noBus}`,
  { timeout: 60_000 },
  async () => {
    const client = await bus.client();
    const session = await client.session();
    await bus.cli(["set", "secret-service/login/mine"], "of the owner");
    const create = (): Promise<string> =>
      client.refusal(DEFAULT, "Collection", "CreateItem", "a{sv}(oayays)b", [
        propertiesOf("", {}),
        secretOf(session, "another"),
        true,
      ]);
    expect([await create(), await create()]).toEqual(["none", "none"]);
    expect((await bus.cli(["get", "secret-service/login/mine"])).stdout).toBe("of the owner");
  },
);

test.skipIf(noBus !== "")(
  `what is malformed or too much is refused, and the next call is served${noBus}`,
  { timeout: 60_000 },
  async () => {
    const client = await bus.client();
    const session = await client.session();
    const create = (signature: string, ...values: Value[]): Promise<string> =>
      client.refusal(DEFAULT, "Collection", "CreateItem", signature, values);
    const usual = propertiesOf("l", { a: "1" });
    const secret = secretOf(session, "CANARY-s");
    expect(await create("a{sv}s", usual, "CANARY-s")).toBe(`${BUS}.InvalidArgs`);
    expect(await create("a{sv}(oayays)", usual, secret)).toBe(`${BUS}.InvalidArgs`);
    const property = (name: string, value: Variant): ReadonlyMap<string, Variant> =>
      new Map([[`org.freedesktop.Secret.Item.${name}`, value]]);
    const wrong = [
      property("Label", new Variant("u", 1)),
      property("Attributes", new Variant("as", ["a"])),
      property("Attributes", new Variant("a{sv}", new Map())),
    ];
    for (const properties of wrong) {
      expect(await create("a{sv}(oayays)b", properties, secret, true)).toBe(`${BUS}.InvalidArgs`);
    }
    const parameters = [session, Buffer.alloc(16), Buffer.from("CANARY-s"), "text/plain"];
    expect(await create("a{sv}(oayays)b", usual, parameters, true)).toBe(`${BUS}.InvalidArgs`);
    const large = (bytes: number): Promise<string> =>
      create("a{sv}(oayays)b", usual, secretOf(session, Buffer.alloc(bytes, 1)), false);
    expect(await large(1_048_577)).toBe(`${BUS}.LimitsExceeded`);
    expect(await large(5_000_000)).toBe(`${BUS}.LimitsExceeded`);
    expect(await large(1_048_576)).toBe("none");
    const many = Object.fromEntries(Array.from({ length: 2000 }, (_, n) => [`name${n}`, "value"]));
    expect(await create("a{sv}(oayays)b", propertiesOf("l", many), secret, true)).toBe(
      `${BUS}.LimitsExceeded`,
    );
    const other = {
      destination: "org.freedesktop.secrets",
      path: SERVICE,
      interface: "x.y",
      member: "M",
    };
    const unknown = client.bus.call({ ...other, signature: "h", values: [0] });
    await expect(unknown).rejects.toMatchObject({ name: `${BUS}.UnknownMethod` });
    const member = client.refusal(SERVICE, "Service", "constructor", "", []);
    expect(await member).toBe(`${BUS}.UnknownMethod`);
    const paths = [
      "/x",
      `${SERVICE}/collection/no`,
      `${SERVICE}/collection/login/no`,
      `${SERVICE}/aliases/x`,
    ];
    for (const path of [
      ...paths,
      `${SERVICE}/collection/login_2`,
      `${SERVICE}/collection/_6cogin`,
    ]) {
      expect(await client.refusal(path, "Collection", "SearchItems", "a{ss}", [new Map()])).toMatch(
        /NoSuchObject|UnknownMethod/,
      );
    }
    const item = await client.store(session, { a: "1" }, "still here");
    expect(await client.value(item, session)).toBe("still here");
    expect(served.said).not.toContain("CANARY");
    expect(served.child.exitCode).toBeNull();
  },
);

test.skipIf(noBus !== "")(
  `labels and attributes are what they were, whatever they hold${noBus}`,
  { timeout: 60_000 },
  async () => {
    const client = await bus.client();
    const session = await client.session();
    const strange = [
      "",
      "../../etc/passwd",
      "a/b*?[]{}",
      "\u001b[31mred\u0007",
      "\u202egnal",
      "e\u0301 日本 💥",
      "\n\r\t",
      "x".repeat(500),
      '{"label":1}',
      "__proto__",
    ];
    const paths = new Set<string>();
    for (const label of strange) {
      const attributes = { [label]: label, __proto_: label, "xdg:schema": "a.b" };
      const item = await client.store(session, attributes, `value of ${label}`, { label });
      paths.add(item);
      expect(item).toMatch(/^[A-Za-z0-9_/]+$/);
      expect(await client.property(item, "Item", "Label")).toBe(label);
      expect(await client.property(item, "Item", "Attributes")).toEqual(
        new Map(Object.entries(attributes)),
      );
      const asked = new Map([[label, label]]);
      expect(await client.ask(SERVICE, "Service", "SearchItems", "a{ss}", [asked])).toEqual([
        [item],
        [],
      ]);
      expect(await client.value(item, session)).toBe(`value of ${label}`);
    }
    expect(paths.size).toBe(strange.length);
    // The names that they have in the vault are legal, and say nothing to a terminal.
    const names = (await bus.cli(["list"])).stdout.trim().split("\n");
    expect(names.length).toBeGreaterThanOrEqual(strange.length);
    for (const name of names) expect(name).toMatch(/^secret-service\/login\/[a-z0-9-]+$/);
  },
);

test.skipIf(noBus !== "")(
  `nobody can have more than so many sessions, and others have theirs${noBus}`,
  { timeout: 60_000 },
  async () => {
    const [greedy, other] = [await bus.client(), await bus.client()];
    const opened: string[] = [];
    // The bus itself takes no more than 128 calls at once.
    for (let round = 0; round < 6; round += 1) {
      const asked = Array.from({ length: 50 }, () => greedy.session().catch(() => "refused"));
      opened.push(...(await Promise.all(asked)));
    }
    expect(opened.filter((path) => path !== "refused")).toHaveLength(256);
    expect(new Set(opened).size).toBe(257);
    expect(await other.session()).toMatch(/\/session\/s\d+$/);
  },
);

test.skipIf(noBus !== "")(
  `nobody is given more at once than fits into a message, which would end the service${noBus}`,
  { timeout: 60_000 },
  async () => {
    const client = await bus.client();
    const session = await client.session();
    const items: string[] = [];
    const options = { label: "large", replace: false };
    for (let n = 0; n < 33; n += 1) {
      items.push(await client.store(session, { n: `${n}` }, Buffer.alloc(1_048_576, n), options));
    }
    const ask = (paths: readonly string[]): Promise<readonly Value[]> =>
      client.ask(SERVICE, "Service", "GetSecrets", "aoo", [paths, session]);
    await expect(ask(items)).rejects.toMatchObject({ name: `${BUS}.LimitsExceeded` });
    const some = items.slice(0, 3);
    const [found] = await ask([...some, ...some, "/nothing", `${SERVICE}/collection/login`]);
    expect([...(found as ReadonlyMap<string, Value>).keys()].toSorted()).toEqual(some.toSorted());
  },
);
