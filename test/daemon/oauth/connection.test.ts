import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { networkProvider } from "@strongroom/daemon/src/oauth/token-endpoint.ts";
import type { Redemption } from "@strongroom/daemon/src/oauth/provider.ts";
import { afterAll, afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  startPlain,
  startRaw,
  startSecure,
  startTunnel,
  TEST_CA,
} from "../../support/oauth/little-server.ts";
import type { LittleServer } from "../../support/oauth/little-server.ts";

const PUBLIC = "93.184.216.34";

const configFolder = mkdtempSync(join(tmpdir(), "strongroom-connection-"));
afterAll(() => rmSync(configFolder, { recursive: true }));

const servers: LittleServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
async function kept(starting: Promise<LittleServer>): Promise<LittleServer> {
  const server = await starting;
  servers.push(server);
  return server;
}

/** A resolver that answers so, each time the next; and how often it was asked. */
function resolver(...answers: (readonly string[])[]): LookupFunction & { asked: number } {
  const lookup = ((_host, options, callback) => {
    const addresses = (answers[lookup.asked] ?? answers.at(-1) ?? []).map((address) => ({
      address,
      family: address.includes(":") ? 6 : 4,
    }));
    lookup.asked += 1;
    expect(options.all).toBe(true);
    setImmediate(() => callback(null, addresses));
  }) as LookupFunction & { asked: number };
  lookup.asked = 0;
  return lookup;
}

const token = JSON.stringify({ access_token: "a", token_type: "Bearer" });
const grants: Parameters<typeof startSecure>[0] = (_asked, answered) => answered.end(token);

interface Asked {
  readonly lookup?: LookupFunction;
  readonly privateHost?: string;
  readonly network?: object;
  readonly deadlineMs?: number;
}

async function redeem(tokenEndpoint: string, asked: Asked = {}): Promise<Redemption> {
  const { deadlineMs = 5000, lookup, network = { extraCa: TEST_CA }, privateHost } = asked;
  writeFileSync(join(configFolder, "network.json"), JSON.stringify(network));
  const http = { configFolder, deadlineMs, ...(lookup === undefined ? {} : { lookup }) };
  return await networkProvider(http).redeem(
    {
      issuer: new URL(tokenEndpoint).origin,
      tokenEndpoint,
      clientId: "me",
      clientAuth: "none",
      ...(privateHost === undefined ? {} : { privateHost }),
    },
    { refreshToken: "canary-refresh-token" },
    new AbortController().signal,
  );
}

const notSent = (words: string): object => ({
  kind: "not-sent",
  reason: expect.stringContaining(words) as string,
  hint: expect.any(String) as string,
});

describe("a name", () => {
  it.each([
    ["127.0.0.1"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["10.0.0.1"],
    ["169.254.169.254"],
    ["fe80::1"],
    ["fd00:ec2::254"],
    ["0.0.0.0"],
    [PUBLIC, "127.0.0.1"],
    ["127.0.0.1", PUBLIC],
    [],
  ])("is not spoken to where it resolves to %s %s", async (...addresses) => {
    const { connections, port } = await kept(startSecure(grants));
    const lookup = resolver(addresses.filter((each) => typeof each === "string"));
    expect(await redeem(`https://auth.test:${port}/`, { lookup })).toEqual(
      notSent("auth.test is an address that is not public"),
    );
    expect(connections()).toBe(0);
  });

  it("may be private where it is what the owner typed, and no other name", async () => {
    const { port, requests } = await kept(startSecure(grants));
    const lookup = resolver(["127.0.0.1"]);
    const typed = { lookup, privateHost: "auth.test" };
    expect(await redeem(`https://auth.test:${port}/`, typed)).toMatchObject({ kind: "granted" });
    expect(await redeem(`https://localhost:${port}/`, typed)).toMatchObject({ kind: "not-sent" });
    expect(requests).toEqual([`POST auth.test:${port} /`]);
  });

  it("is asked for once, and connected to is what was judged", async () => {
    const { connections, port } = await kept(startSecure(grants));
    const lookup = resolver([PUBLIC], ["127.0.0.1"]);
    const asked = { lookup, deadlineMs: 300 };
    expect(await redeem(`https://auth.test:${port}/`, asked)).toMatchObject({ kind: "not-sent" });
    expect(lookup.asked).toBe(1);
    expect(connections()).toBe(0);
    expect(await redeem(`https://auth.test:${port}/`, asked)).toMatchObject({ kind: "not-sent" });
    expect(lookup.asked).toBe(2);
    expect(connections()).toBe(0);
  });

  it("that nobody knows is not sent to", async () => {
    const lookup: LookupFunction = (_host, _options, callback) =>
      void setImmediate(() => callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []));
    expect(await redeem("https://auth.test/", { lookup })).toEqual(notSent("(ENOTFOUND)"));
  });

  it("that is not answered in time is not sent to", async () => {
    const lookup: LookupFunction = () => undefined;
    expect(await redeem("https://auth.test/", { lookup, deadlineMs: 100 })).toEqual(
      notSent("did not answer within 0.1 s"),
    );
  });
});

describe("a certificate", () => {
  it.each([
    ["of an unknown issuer", "auth.test", {}],
    ["for another name", "other.test", { extraCa: TEST_CA }],
  ])("%s is not believed, and the token stays here", async (_what, host, network) => {
    const { port, requests } = await kept(startSecure(grants));
    const lookup = resolver(["127.0.0.1"]);
    const outcome = await redeem(`https://${host}:${port}/`, {
      lookup,
      network,
      privateHost: host,
    });
    expect(outcome).toEqual(notSent(`${host}:${port} cannot be reached (`));
    expect(requests).toEqual([]);
  });

  it("is not believed either, whatever the environment says", async () => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { port, requests } = await kept(startSecure(grants));
    const options = { lookup: resolver(["127.0.0.1"]), network: {}, privateHost: "auth.test" };
    const outcome = await redeem(`https://auth.test:${port}/`, options);
    expect(outcome).toEqual(notSent(`auth.test:${port} cannot be reached (`));
    expect(requests).toEqual([]);
  });

  it("is compared with an address too", async () => {
    const { port } = await kept(startSecure(grants));
    expect(await redeem(`https://127.0.0.1:${port}/`, { privateHost: "127.0.0.1" })).toMatchObject({
      kind: "granted",
    });
  });

  it("that never comes is not sent to", async () => {
    const silent = await kept(startRaw(() => undefined));
    const rude = await kept(startRaw((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    const typed = { privateHost: "127.0.0.1", deadlineMs: 300 };
    expect(await redeem(`https://127.0.0.1:${silent.port}/`, typed)).toEqual(
      notSent("did not answer within 0.3 s"),
    );
    expect(await redeem(`https://127.0.0.1:${rude.port}/`, typed)).toMatchObject({
      kind: "not-sent",
    });
  });
});

describe("a proxy", () => {
  it("is asked for all but the private host that the owner typed", async () => {
    const target = await kept(startSecure(grants));
    const proxy = await kept(startTunnel(() => target.port));
    const network = { proxy: `http://127.0.0.1:${proxy.port}`, extraCa: TEST_CA };
    const lookup = resolver(["127.0.0.1"]);
    expect(await redeem("https://auth.test/", { lookup, network })).toMatchObject({
      kind: "granted",
    });
    expect(lookup.asked).toBe(0);
    expect(proxy.requests[0]).toBe("CONNECT auth.test:443 HTTP/1.1\r\nHost: auth.test:443\r\n\r\n");
    const direct = { lookup, network, privateHost: "auth.test" };
    expect(await redeem(`https://auth.test:${target.port}/`, direct)).toMatchObject({
      kind: "granted",
    });
    expect(proxy.connections()).toBe(1);
  });

  it("gets the name and password that stand in its URL", async () => {
    const target = await kept(startSecure(grants));
    const proxy = await kept(startTunnel(() => target.port));
    const network = { proxy: `http://m%40e:word@127.0.0.1:${proxy.port}`, extraCa: TEST_CA };
    expect(await redeem("https://auth.test/", { network })).toMatchObject({ kind: "granted" });
    const login = Buffer.from("m@e:word").toString("base64");
    expect(proxy.requests[0]).toContain(`\r\nProxy-Authorization: Basic ${login}\r\n`);
  });

  it("gets nothing for an address that is not public", async () => {
    const proxy = await kept(startTunnel(() => 1));
    const network = { proxy: `http://127.0.0.1:${proxy.port}` };
    for (const host of ["127.0.0.1", "169.254.169.254", "[::1]", "10.0.0.1"]) {
      expect(await redeem(`https://${host}/`, { network })).toMatchObject({ kind: "not-sent" });
    }
    expect(proxy.connections()).toBe(0);
  });

  it("that lets both talk and says more is not sent to", async () => {
    const target = await kept(startSecure(grants));
    for (const more of ["x", "HTTP/1.1 200 OK\r\n\r\n"]) {
      const proxy = await kept(startTunnel(() => target.port, more));
      const network = { proxy: `http://127.0.0.1:${proxy.port}`, extraCa: TEST_CA };
      const refused = await redeem("https://auth.test/", { network });
      expect(refused).toMatchObject({ kind: "not-sent" });
      expect(JSON.stringify(refused)).toContain("the proxy says too much");
    }
    expect(target.requests).toEqual([]);
  });

  it.each([
    ["refuses", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"],
    ["says nothing", ""],
    ["speaks for the other end", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"],
    ["never ends", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`],
  ])("that %s is not sent to", async (_what, text) => {
    const proxy = await kept(startRaw((socket) => socket.once("data", () => socket.end(text))));
    const network = { proxy: `http://127.0.0.1:${proxy.port}` };
    expect(await redeem("https://auth.test/", { network })).toMatchObject({ kind: "not-sent" });
  });
});

it("nothing is sent in the clear but to the loopback host that the owner typed", async () => {
  const { connections, port } = await kept(startPlain(grants));
  const lookup = resolver(["127.0.0.1"]);
  for (const host of ["auth.test", "127.0.0.1"]) {
    expect(await redeem(`http://${host}:${port}/`, { lookup, privateHost: "auth.test" })).toEqual(
      notSent("without TLS"),
    );
  }
  expect(connections()).toBe(0);
  const typed = { lookup, privateHost: "localhost" };
  expect(await redeem(`http://localhost:${port}/`, typed)).toMatchObject({ kind: "granted" });
});
