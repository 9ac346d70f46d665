import { spawn } from "node:child_process";
import {
  connectionsWithin,
  mostConnections,
} from "@strongroom/daemon/src/server/most-connections.ts";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { until } from "../../support/daemons.ts";
import { HELLO, RawClient } from "../../support/raw-client.ts";
import { ROOT } from "../../support/throwaway.ts";

test("clients get what the vault leaves of the open files, some at least, and 256 at most", () => {
  expect([20, 64, 256, 1024, Infinity].map(connectionsWithin)).toEqual([4, 16, 208, 256, 256]);
  expect(mostConnections()).toBeGreaterThanOrEqual(4);
});

test.skipIf(process.platform !== "linux")(
  "a daemon with few open files serves, compacts and backs up while more clients come than it takes",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const daemon = `'${process.execPath}' '${ROOT}/packages/daemon/bin/strongroomd.js'`;
    const child = spawn("bash", ["-c", `ulimit -n 64; exec ${daemon}`], { env: place.env });
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    onTestFinished(() => void child.kill("SIGKILL"));
    await until(() => place.record() !== undefined);
    expect(place.record()?.pid).toBe(child.pid);
    const path = place.record()?.endpoint ?? "";
    const crowd: RawClient[] = [];
    for (let n = 0; n < 80; n += 1) crowd.push(await RawClient.connect(path));
    const [first] = crowd;
    first?.send(HELLO);
    for (let n = 0; n < 5; n += 1) {
      const set = await first?.call("secret/set", { name: "a", value: "x".repeat(900_000) });
      expect(set?.error).toBeUndefined();
      const got = await first?.call("secret/get", { name: "a" });
      expect(got?.error).toBeUndefined();
    }
    for (const method of ["vault/compact", "vault/backup", "vault/verify"]) {
      expect([method, (await first?.call(method, {}))?.error]).toEqual([method, undefined]);
    }
    for (const client of crowd) client.socket.destroy();
    expect((await place.cli(["daemon", "stop"])).status).toBe(0);
    expect(await ended).toBe(0);
  },
);
