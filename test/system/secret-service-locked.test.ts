import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { until } from "../support/processes.ts";
import { propertiesOf, secretOf, SERVICE } from "../support/bus-client.ts";
import { lacks, noBus, secretBus } from "../support/secret-bus.ts";
import type { BusClient } from "../support/bus-client.ts";
import type { SecretBus } from "../support/secret-bus.ts";

const SECRET = "org.freedesktop.Secret.Error";
const LOGIN = `${SERVICE}/collection/login`;
const NONE = "/";

const ASKED = new Map([["a", "1"]]);

function search(client: BusClient): ReturnType<BusClient["ask"]> {
  return client.ask(SERVICE, "Service", "SearchItems", "a{ss}", [ASKED]);
}

/** Asks for a prompt that unlocks a path, has it shown, and waits for what it comes to. */
async function prompted(client: BusClient, path: string, member = "Prompt"): Promise<unknown> {
  const [unlocked, prompt] = await client.ask(SERVICE, "Service", "Unlock", "ao", [[path]]);
  expect(unlocked).toEqual([]);
  expect(prompt).toMatch(/\/prompt\/p\d+$/);
  const [signature, values] = member === "Prompt" ? ["s", ["window"]] : ["", []];
  await client.ask(prompt as string, "Prompt", member, signature, values);
  return completed(client, prompt as string);
}

async function completed(client: BusClient, prompt: string): Promise<unknown> {
  const found = (): (typeof client.heard)[number] | undefined =>
    client.heard.find(({ member, path }) => member === "Completed" && path === prompt);
  await until("the end of the prompt", () => found() !== undefined);
  return found()?.body();
}

/** Leaves the vault no way to be opened without a person; the file of the passphrase. */
async function withPassphrase(bus: SecretBus): Promise<string> {
  const file = join(bus.place.home, "passphrase");
  writeFileSync(file, "CANARY-passphrase", { mode: 0o600 });
  await bus.cli(["slot", "add", "passphrase", "--passphrase-file", file]);
  await bus.cli(["slot", "remove", "keyfile", "--yes"]);
  return file;
}

const noTool = noBus || lacks("secret-tool");

test.skipIf(noTool !== "")(
  `a locked vault is opened for who asks, where no person is needed for it${noTool}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const served = await bus.serve();
    const client = await bus.client();
    const item = await client.store(await client.session(), { a: "1" }, "CANARY-value");
    expect((await bus.cli(["lock"])).status).toBe(0);
    await until("the word of the lock", () =>
      client.signals().includes("PropertiesChanged org.freedesktop.Secret.Item"),
    );
    expect(await client.property(LOGIN, "Collection", "Locked")).toBe(true);
    expect(await client.property(item, "Item", "Locked")).toBe(true);
    // What is found by its attributes says none of them while the vault is locked.
    expect(await search(client)).toEqual([[], [item]]);
    expect(await client.property(item, "Item", "Attributes")).toEqual(new Map());
    expect(await client.property(item, "Item", "Label")).toBe("");
    const found = await bus.run("secret-tool", ["lookup", "a", "1"]);
    expect(found).toMatchObject({ status: 0, stdout: "CANARY-value" });
    expect(await client.property(LOGIN, "Collection", "Locked")).toBe(false);
    expect(await client.property(item, "Item", "Attributes")).toEqual(ASKED);
    const [there, none] = await client.ask(SERVICE, "Service", "Lock", "ao", [[LOGIN, "/nothing"]]);
    expect([there, none]).toEqual([[LOGIN], NONE]);
    expect((await bus.cli(["status", "--json"])).stdout).toContain('"state":"locked"');
    expect(await prompted(client, item)).toMatchObject([false, { signature: "ao", value: [item] }]);
    expect(served.said).not.toContain("CANARY");
  },
);

test.skipIf(noBus !== "")(
  `where only a person can open it, the service says how, and nothing is given${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const file = await withPassphrase(bus);
    const served = await bus.serve();
    const [client, other] = [await bus.client(), await bus.client()];
    const session = await client.session();
    const item = await client.store(session, { a: "1" }, "CANARY-value");
    await bus.cli(["lock"]);
    const dismissed = [true, { signature: "ao", value: [] }];
    expect(await prompted(client, LOGIN)).toMatchObject(dismissed);
    expect(served.said).toContain(
      "a program asks for the vault, which is locked: strongroom unlock",
    );
    expect(await prompted(client, LOGIN, "Dismiss")).toMatchObject(dismissed);
    const locked = `${SECRET}.IsLocked`;
    const refusals = [
      await client.refusal(item, "Item", "GetSecret", "o", [session]),
      await client.refusal(item, "Item", "SetSecret", "(oayays)", [secretOf(session, "CANARY-n")]),
      await client.refusal(item, "Item", "Delete"),
      await client.refusal(SERVICE, "Service", "GetSecrets", "aoo", [[item], session]),
      await client.refusal(LOGIN, "Collection", "CreateItem", "a{sv}(oayays)b", [
        propertiesOf("l", { a: "1" }),
        secretOf(session, "CANARY-n"),
        true,
      ]),
    ];
    expect(refusals).toEqual(refusals.map(() => locked));
    // A prompt is for who was given it, and good once.
    const [, prompt] = await client.ask(SERVICE, "Service", "Unlock", "ao", [[LOGIN]]);
    const show = (who: BusClient): Promise<string> =>
      who.refusal(prompt as string, "Prompt", "Prompt", "s", [""]);
    expect(await show(other)).toBe(`${SECRET}.NoSuchObject`);
    expect([await show(client), await show(client)]).toEqual(["none", `${SECRET}.NoSuchObject`]);
    expect(await completed(client, prompt as string)).toMatchObject(dismissed);
    expect(other.signals().filter((line) => line.startsWith("Completed"))).toEqual([]);
    client.heard.length = 0;
    expect((await bus.cli(["unlock", "--passphrase-file", file])).status).toBe(0);
    await until("the word that it is open", () =>
      client.signals().includes("PropertiesChanged org.freedesktop.Secret.Collection"),
    );
    expect(await client.value(item, session)).toBe("CANARY-value");
    expect(served.said).not.toContain("CANARY");
  },
);

test.skipIf(noBus !== "")(
  `a service that begins with a locked vault does not say that there is nothing${noBus}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    await bus.cli(["set", "secret-service/login/mine"], "value");
    await bus.cli(["lock"]);
    await bus.serve();
    const client = await bus.client();
    expect(await client.ask(SERVICE, "Service", "ReadAlias", "s", ["default"])).toEqual([LOGIN]);
    expect(await client.property(LOGIN, "Collection", "Locked")).toBe(true);
    expect(await client.refusal(SERVICE, "Service", "SearchItems", "a{ss}", [ASKED])).toBe(
      `${SECRET}.IsLocked`,
    );
    const asked = [new Map(), ""];
    const [path, prompt] = await client.ask(
      SERVICE,
      "Service",
      "CreateCollection",
      "a{sv}s",
      asked,
    );
    expect(path).toBe(NONE);
    await client.ask(prompt as string, "Prompt", "Prompt", "s", [""]);
    const made = `${SERVICE}/collection/collection`;
    expect(await completed(client, prompt as string)).toMatchObject([false, { value: made }]);
    expect(await client.property(made, "Collection", "Items")).toEqual([]);
    expect(await client.property(LOGIN, "Collection", "Items")).toEqual([`${LOGIN}/mine`]);
  },
);
