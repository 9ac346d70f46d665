import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NETWORK_FILE, readNetwork } from "@strongroom/daemon/src/oauth/network.ts";
import { afterAll, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "strongroom-network-"));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (text: string): void => writeFileSync(join(folder, NETWORK_FILE), text);
const refusal = (code: string, words: string): object =>
  expect.objectContaining({ code, message: expect.stringContaining(words) as string }) as object;

it("says nothing where there is no file", async () => {
  rmSync(join(folder, NETWORK_FILE), { force: true });
  expect(await readNetwork(folder)).toEqual({});
});

it("names a proxy and certificates", async () => {
  const extraCa = join(folder, "ca.pem");
  writeFileSync(extraCa, "certificates", { mode: 0o644 });
  write(JSON.stringify({ proxy: "http://me:word@proxy.example:3128", extraCa }));
  const network = await readNetwork(folder);
  expect(network.extraCa).toBe("certificates");
  expect(network.proxy?.host).toBe("proxy.example:3128");
});

it.each([
  ["{", "it is no JSON"],
  ["[]", "it is no object"],
  ['{"Proxy":"http://p"}', "none of extraCa, proxy"],
  ['{"proxy":1}', "proxy is no text"],
  ['{"proxy":"https://p"}', "proxy is no URL that begins with http://"],
  ['{"proxy":"p:3128"}', "proxy is no URL that begins with http://"],
  ['{"extraCa":"ca.pem"}', "extraCa is no absolute path"],
  ['{"extraCa":"/nowhere/ca.pem"}', "cannot be read"],
])("is refused by name when it is damaged: %s", async (text, words) => {
  write(text);
  await expect(readNetwork(folder)).rejects.toEqual(refusal("INVALID", words));
  await expect(readNetwork(folder)).rejects.toEqual(refusal("INVALID", folder));
});

it.skipIf(process.platform === "win32")(
  "believes no certificates that others may change",
  async () => {
    const extraCa = join(folder, "open.pem");
    writeFileSync(extraCa, "certificates");
    write(JSON.stringify({ extraCa }));
    for (const mode of [0o666, 0o620, 0o602]) {
      chmodSync(extraCa, mode);
      await expect(readNetwork(folder)).rejects.toEqual(refusal("DENIED", extraCa));
    }
  },
);
