import { mkdtempSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { discover } from "@strongroom/daemon/src/oauth/login/discovery.ts";
import type { Discovered } from "@strongroom/daemon/src/oauth/login/discovery.ts";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { startPlain } from "../../../support/oauth/little-server.ts";
import type { LittleServer } from "../../../support/oauth/little-server.ts";

const configFolder = mkdtempSync(join(tmpdir(), "strongroom-discovery-"));
afterAll(() => rmSync(configFolder, { recursive: true }));

const servers: LittleServer[] = [];
afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

type Pages = (origin: string) => Readonly<Record<string, object | string | number>>;

/** A server that has these pages: an object as JSON, a text as HTML, a number as a status. */
async function serving(pages: Pages): Promise<{ origin: string; requests: readonly string[] }> {
  let origin = "";
  const handle: RequestListener = ({ url = "" }, answered) => {
    const page = pages(origin)[url];
    if (typeof page === "object") {
      if ("challenge" in page) {
        answered.writeHead(401, { "www-authenticate": String(page.challenge) }).end();
        return;
      }
      answered.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(page));
    } else if (typeof page === "string") {
      answered.writeHead(200, { "content-type": "text/html" }).end(page);
    } else answered.writeHead(page ?? 404).end();
  };
  const server = await startPlain(handle);
  servers.push(server);
  origin = `http://127.0.0.1:${server.port}`;
  return { origin, requests: server.requests };
}

function find(url: string): Promise<Discovered> {
  return discover({ configFolder, deadlineMs: 3000 }, url, new AbortController().signal);
}

const RESOURCE = "/.well-known/oauth-protected-resource";
const SERVER = "/.well-known/oauth-authorization-server";
const OPENID = "/.well-known/openid-configuration";
const metadata = (origin: string, issuer = origin): object => ({
  issuer,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
});

describe("what a URL leads to", () => {
  it("is the server itself, by either of its two pages", async () => {
    for (const page of [SERVER, OPENID]) {
      const { origin } = await serving((self) => ({ [page]: metadata(self) }));
      expect(await find(origin)).toEqual({
        server: metadata(origin),
        scopes: [],
        privateHost: "127.0.0.1",
      });
    }
  });

  it("is the server of a path", async () => {
    const { origin } = await serving((self) => ({
      [`${SERVER}/tenant`]: metadata(self, `${self}/tenant`),
    }));
    expect((await find(`${origin}/tenant`)).server.issuer).toBe(`${origin}/tenant`);
  });

  it("is the server of a resource", async () => {
    const { origin, requests } = await serving((self) => ({
      [`${RESOURCE}/mcp`]: {
        resource: `${self}/mcp`,
        authorization_servers: [`${self}/as`],
        scopes_supported: ["read", 7],
      },
      [`${SERVER}/as`]: metadata(self, `${self}/as`),
    }));
    expect(await find(`${origin}/mcp`)).toMatchObject({
      server: { issuer: `${origin}/as` },
      resource: `${origin}/mcp`,
      scopes: ["read"],
    });
    expect(requests.length).toBe(2);
  });

  it("is the server of a resource that says where its page is", async () => {
    const { origin } = await serving((self) => ({
      "/mcp": { challenge: `Bearer realm="x", resource_metadata="${self}/elsewhere"` },
      "/elsewhere": { resource: `${self}/mcp` },
      [SERVER]: metadata(self),
    }));
    expect(await find(`${origin}/mcp`)).toMatchObject({
      server: { issuer: origin },
      resource: `${origin}/mcp`,
    });
  });

  it("is nothing where there are other pages", async () => {
    const { origin } = await serving(() => ({
      [RESOURCE]: "<p>not here</p>",
      [SERVER]: 500,
      [OPENID]: "[]",
      "/": { challenge: "Bearer" },
    }));
    await expect(find(origin)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("never asks through the fetch of Node", async () => {
    const fetch = vi.fn<() => never>();
    vi.stubGlobal("fetch", fetch);
    const { origin } = await serving((self) => ({ [OPENID]: metadata(self) }));
    await find(origin);
    expect(fetch).not.toHaveBeenCalled();
  });
});

describe("what a URL leads to is refused", () => {
  const denied = expect.objectContaining({ code: "DENIED" }) as unknown;

  it("when it calls itself by another name", async () => {
    const { origin } = await serving((self) => ({ [SERVER]: metadata(self, `${self}/other`) }));
    await expect(find(origin)).rejects.toEqual(denied);
    const other = await serving(() => ({ [RESOURCE]: { resource: "https://bank.example/" } }));
    await expect(find(other.origin)).rejects.toEqual(denied);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/",
    "https://127.0.0.2/",
    "https://[::1]/",
    "https://localhost/",
    "http://localhost:1/",
    "https://10.0.0.1/",
    "https://[fe80::1]/",
    "https://0.0.0.0/",
    "http://auth.example/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://name:word@auth.example/",
  ])("when it names %s", async (url) => {
    const target = await serving((self) => ({
      [RESOURCE]: { resource: `${self}/`, authorization_servers: [url] },
    }));
    await expect(find(target.origin)).rejects.toEqual(denied);
    for (const endpoint of [
      "authorization_endpoint",
      "device_authorization_endpoint",
      "registration_endpoint",
      "revocation_endpoint",
      "token_endpoint",
    ]) {
      const server = await serving((self) => ({
        [SERVER]: { ...metadata(self), [endpoint]: url },
      }));
      await expect(find(server.origin)).rejects.toEqual(denied);
    }
  });

  it("when the resource says that its page is elsewhere", async () => {
    const { origin } = await serving(() => ({
      "/": { challenge: 'Bearer resource_metadata="http://169.254.169.254/latest"' },
    }));
    await expect(find(origin)).rejects.toEqual(denied);
  });

  it("when its owner typed what may not be spoken to", async () => {
    for (const url of ["http://auth.example/", "https://169.254.169.254/", "ftp://x/", "x"]) {
      await expect(find(url)).rejects.toEqual(denied);
    }
    await expect(find("http://127.0.0.1/?a=b")).rejects.toMatchObject({ code: "INVALID" });
  });
});
