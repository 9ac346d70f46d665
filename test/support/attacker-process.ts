import { encodeFrame } from "@strongroom/client/protocol";

import { RawClient, request } from "./raw-client.ts";
import { polled } from "./served.ts";

// Attacks a server for as long as it is told to: attacker-process.ts PATH
const path = process.argv[2] ?? "";

const header = Buffer.alloc(1_000_000, 0x41);
const nonsense = ["[".repeat(1000), '{"jsonrpc":"2.0","id":{}}', "nonsense"].map(encodeFrame);
const reads = Array.from({ length: 64 }, (_, n) => request(n + 1, "vault/read", { names: [] }));

async function closedOn(client: RawClient, bytes: Buffer): Promise<void> {
  client.raw(bytes);
  await client.closed;
}

const attacks: { readonly [name: string]: () => Promise<void> } = {
  "header-flood": async () => closedOn(await RawClient.connect(path), header),
  nonsense: async () => {
    for (const bytes of nonsense) await closedOn(await RawClient.greeted(path), bytes);
  },
  drip: async () => {
    const client = await RawClient.connect(path);
    client.raw("Content-Length: 2000000\r\n\r\n");
    for (let n = 0; n < 50; n += 1) {
      client.raw("x");
      await polled(1);
    }
    client.socket.end();
    await client.closed;
  },
  "deaf-pipeline": async () => {
    const client = await RawClient.greeted(path);
    client.socket.pause();
    client.send(...reads);
    await polled(3);
    client.destroy();
  },
};

// Told what to do by its parent: the name of an attack, or "rest".
let current = "rest";
process.on("disconnect", () => process.exit(0));
process.on("message", (message) => {
  current = String(message);
});
process.send?.("ready");
for (;;) {
  await attacks[current]?.();
  // One attack at a time and a breath between: what is asked is whether the server blocks, not
  // how two processors are shared among three processes that never rest.
  await new Promise((resolve) => {
    setTimeout(resolve, 1);
  });
}
