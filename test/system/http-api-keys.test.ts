import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { COUNTED_MS, printCount, size } from "../support/size.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

interface Asked {
  readonly port: number;
  readonly agent: Agent;
  readonly token: string;
}

/** Starts the example, and resolves with the port that it prints. */
async function started(place: Throwaway, key: string, ...flags: string[]): Promise<number> {
  const file = join(place.home, "server.key");
  writeFileSync(file, key, { mode: 0o600 });
  const options = ["--tsconfig", join(ROOT, "examples/tsconfig.json"), "-C", "strongroom-source"];
  const path = join(ROOT, "examples/http-api-keys.ts");
  const server = spawn(
    process.execPath,
    [join(ROOT, "node_modules/tsx/dist/cli.mjs"), ...options, path, ...flags],
    {
      env: { ...place.env, STRONGROOM_API_KEY_FILE: file },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  onTestFinished(async () => {
    server.kill();
    await once(server, "exit");
  });
  const [line] = (await once(server.stdout, "data")) as [Buffer];
  return Number(line.toString());
}

/** The status of one request to the server. */
function post({ agent, port, token }: Asked, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = token === "" ? {} : { authorization: `Bearer ${token}` };
    const asked = request({ port, host: "127.0.0.1", method: "POST", path, headers, agent });
    asked.on("response", (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? 0));
    });
    asked.on("error", reject);
    asked.end("42");
  });
}

describe("examples/http-api-keys.ts", { timeout: COUNTED_MS }, () => {
  async function scene(...flags: string[]): Promise<{
    readonly asked: Asked;
    readonly revoke: () => Promise<unknown>;
    readonly lock: () => Promise<unknown>;
    /** Ends the server's own key. */
    readonly endOwn: () => Promise<unknown>;
  }> {
    const place = throwaway();
    const owner = await connected(place);
    const own = { name: "server", allow: ["verify:billing"], noExpiry: true } as const;
    const server = await owner.change("key/create", own, {});
    const { token } = await owner.change(
      "key/create",
      { name: "shop", audience: "billing", allow: ["create:/invoices/*"], noExpiry: true },
      {},
    );
    const port = await started(place, server.token, ...flags);
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    onTestFinished(() => agent.destroy());
    return {
      asked: { port, agent, token },
      revoke: () => owner.change("key/revoke", { key: "shop" }, {}),
      lock: () => place.cli(["lock"]),
      endOwn: () => owner.change("key/revoke", { key: "server" }, {}),
    };
  }

  /** How many requests succeeded, and how many of them had begun when the key was revoked. */
  async function raced(...flags: string[]): Promise<{ served: number; late: number }> {
    const { asked, revoke } = await scene(...flags);
    const before = size(300, 1000);
    const begun: number[] = [];
    let revoked = Infinity;
    let count = 0;
    let behind = 512;
    const lane = async (): Promise<void> => {
      while (behind > 0) {
        if (revoked < Infinity) behind -= 1;
        const start = performance.now();
        if ((await post(asked, `/invoices/${count++ % 10}`)) !== 201) continue;
        begun.push(start);
        if (begun.length !== before) continue;
        void revoke().then(() => (revoked = performance.now()));
      }
    };
    await Promise.all(Array.from({ length: 64 }, lane));
    printCount(`requests of ${flags.join(" ") || "the good server"}`, before, 1000);
    return { served: begun.length, late: begun.filter((start) => start > revoked).length };
  }

  test("lets nobody in whose key was revoked before the request began", async () => {
    const { late, served } = await raced();
    expect(served).toBeGreaterThanOrEqual(size(300, 1000));
    expect(late).toBe(0);
  });

  test("does so when it remembers whom it knew, as the race shows", async () => {
    const { late } = await raced("--stale");
    expect(late).toBeGreaterThan(0);
  });

  test("says who may not, and lets nobody in when the vault is locked", async () => {
    const { asked, lock } = await scene();
    expect(await post(asked, "/invoices/7")).toBe(201);
    expect(await post({ ...asked, token: "" }, "/invoices/7")).toBe(401);
    for (const path of ["/other", "/invoices/a/b", "/invoices/../other"]) {
      expect([path, await post(asked, path)]).toEqual([path, 403]);
    }
    for (const path of ["//", "/invoices//7", `/invoices/${"7".repeat(300)}`]) {
      expect([path, await post(asked, path)]).toEqual([path, 400]);
    }
    expect(await post({ ...asked, token: "srm_nobody" }, "/invoices/7")).toBe(403);
    await lock();
    expect(await post(asked, "/invoices/7")).toBe(503);
  });

  test("is not there, rather than refusing its customers, when its own key has ended", async () => {
    const { asked, endOwn } = await scene();
    expect(await post(asked, "/invoices/7")).toBe(201);
    await endOwn();
    for (let round = 0; round < 3; round += 1) {
      expect(await post(asked, "/invoices/7")).toBe(503);
    }
  });
});
