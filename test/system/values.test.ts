import { randomBytes } from "node:crypto";
import { connect, type Client } from "@strongroom/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cli, discard, startDaemon, temporaryHome } from "../support/processes.ts";

const MIB = 1_048_576;

let home: string;
let client: Client;
beforeAll(async () => {
  home = temporaryHome();
  await startDaemon(home);
  client = await connect({ home, autostart: false, timeout: "30s" });
});
afterAll(async () => {
  client.close();
  await discard(home);
});

const values: readonly (readonly [string, Uint8Array])[] = [
  ["nothing", Buffer.alloc(0)],
  ["one zero byte", Buffer.alloc(1)],
  ["1 MiB of U+0001", Buffer.alloc(MIB, 1)],
  ["1 MiB of quotation marks", Buffer.alloc(MIB, '"')],
  ["1 MiB of backslashes", Buffer.alloc(MIB, "\\")],
  ["1 MiB of U+007F", Buffer.alloc(MIB, 0x7f)],
  ["1 MiB of U+2028", Buffer.from("\u2028".repeat(Math.floor(MIB / 3)))],
  ["1 MiB of an emoji", Buffer.from("🔑".repeat(MIB / 4))],
  ["1 MiB of random bytes", randomBytes(MIB)],
  ["every byte", Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))],
  ["shell and replacement marks", Buffer.from("$& $1 `id` $(id) '\"\\ %s \r\n\t\0 \u{1F511}\n\n")],
];

describe("every value of up to 1 MiB that was accepted comes back", () => {
  test.each(values)("%s, through the SDK", async (title, bytes) => {
    await client.set(`value/${title.replaceAll(/[^a-z0-9]/gi, "-")}`, bytes);
    const secret = await client.get(`value/${title.replaceAll(/[^a-z0-9]/gi, "-")}`);
    expect(Buffer.compare(Buffer.from(secret.bytes()), Buffer.from(bytes))).toBe(0);
  });

  test.each(values)("%s, through the CLI", async (title, bytes) => {
    const name = `cli/${title.replaceAll(/[^a-z0-9]/gi, "-")}`;
    const set = await cli(home, ["set", name, "--raw", "--timeout", "30s"], bytes);
    expect(set).toMatchObject({ status: 0 });
    const secret = await client.get(name);
    expect(Buffer.compare(Buffer.from(secret.bytes()), Buffer.from(bytes))).toBe(0);
  });

  test("one byte more is TOO_LARGE and changes nothing", async () => {
    await client.set("large", "before");
    await expect(client.set("large", Buffer.alloc(MIB + 1, 1))).rejects.toMatchObject({
      code: "TOO_LARGE",
    });
    expect((await client.get("large")).text()).toBe("before");
  });
});
