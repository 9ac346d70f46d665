import { readFileSync } from "node:fs";
import { encodeFrame, keySocketOf, LIMITS } from "@strongroom/client/protocol";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { HELLO, RawClient } from "../support/raw-client.ts";

/** What such clients cost without the limit: 2 MiB each. */
const BOUND_MIB = 64;

function residentMiB(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/mu.exec(text)?.[1]) / 1024;
}

test.skipIf(process.platform !== "linux")(
  "as many clients without a credential as there may be do not fill the daemon's memory",
  async () => {
    const owner = await connected(throwaway());
    await owner.set("a", "v");
    const { endpoint, pid } = await owner.status();
    const begun = Buffer.concat([
      encodeFrame(JSON.stringify(HELLO)),
      Buffer.from(`Content-Length: ${LIMITS.requestBytes}\r\n\r\n`),
      Buffer.alloc(LIMITS.requestBytes - 1, " "),
    ]);
    const before = residentMiB(pid);
    const clients: RawClient[] = [];
    for (let n = 0; n < LIMITS.connections / 2; n += 1) {
      const client = await RawClient.connect(keySocketOf(endpoint));
      clients.push(client);
      client.raw(begun);
    }
    await Promise.all(clients.map(({ closed }) => closed));
    const more = Math.round(residentMiB(pid) - before);
    process.stdout.write(`${clients.length} clients without a credential: ${more} MiB more\n`);
    expect(more).toBeLessThan(BOUND_MIB);
    expect((await owner.get("a")).text()).toBe("v");
  },
);
