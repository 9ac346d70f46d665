import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { speaking } from "@strongroom/daemon/src/oauth/http.ts";
import type { Http } from "@strongroom/daemon/src/oauth/http.ts";
import { customFetch } from "oauth4webapi";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { startPlain, startRaw } from "../../support/oauth/little-server.ts";
import type { LittleServer } from "../../support/oauth/little-server.ts";

const configFolder = mkdtempSync(join(tmpdir(), "strongroom-http-"));
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

interface Asked {
  readonly http?: Partial<Http>;
  readonly signal?: AbortSignal;
  readonly body?: string;
}

/** One exchange with the loopback host that somebody typed, and whether it was sent. */
async function ask(
  href: string,
  { body, http, signal = new AbortController().signal }: Asked = {},
): Promise<{ readonly sent: number; readonly outcome: unknown; readonly response?: Response }> {
  let sent = 0;
  const options = speaking(
    { configFolder, deadlineMs: 5000, ...http },
    { privateHost: "127.0.0.1", signal, sent: () => (sent += 1) },
  );
  try {
    const response = await options[customFetch](href, {
      method: body === undefined ? "GET" : "POST",
      headers: { accept: "application/json" },
      body,
      redirect: "manual",
    });
    return { sent, outcome: response.status, response };
  } catch (error) {
    return { sent, outcome: error };
  }
}

const unavailable = (words: string): unknown =>
  expect.objectContaining({
    code: "UNAVAILABLE",
    message: expect.stringContaining(words) as string,
  });

describe("an exchange", () => {
  it("sends what it is given and gives back what comes", async () => {
    const bodies: string[] = [];
    const { port, requests } = await kept(
      startPlain((asked, answered) => {
        asked.on("data", (chunk: Buffer) => bodies.push(chunk.toString()));
        asked.on("end", () => {
          const { accept, "user-agent": agent } = asked.headers;
          answered.writeHead(418, { "content-type": "text/plain", "retry-after": "3", "x-y": "z" });
          answered.end(`${accept} ${agent}`);
        });
      }),
    );
    const { outcome, response, sent } = await ask(`http://127.0.0.1:${port}/a?b=c`, {
      body: "d=é",
    });
    expect({ outcome, sent }).toEqual({ outcome: 418, sent: 1 });
    expect(await response?.text()).toBe("application/json strongroom");
    expect(response?.headers.get("retry-after")).toBe("3");
    expect(response?.headers.get("x-y")).toBeNull();
    expect(requests).toEqual([`POST 127.0.0.1:${port} /a?b=c`]);
    expect(bodies).toEqual(["d=é"]);
  });

  it("follows no redirect", async () => {
    const target = await kept(startPlain((_asked, answered) => answered.end("there")));
    for (const status of [301, 302, 303, 307, 308]) {
      const location = `http://127.0.0.1:${target.port}/`;
      const { port } = await kept(
        startPlain((_asked, answered) => answered.writeHead(status, { location }).end()),
      );
      expect((await ask(`http://127.0.0.1:${port}/`)).outcome).toBe(status);
    }
    expect(target.connections()).toBe(0);
  });

  it("takes 256 KiB and not a byte more", async () => {
    const { port } = await kept(
      startPlain((asked, answered) => answered.end("x".repeat(Number(asked.url?.slice(1))))),
    );
    const { response } = await ask(`http://127.0.0.1:${port}/262144`);
    expect((await response?.text())?.length).toBe(262_144);
    for (const length of [262_145, 307_200, 50_000_000]) {
      expect(await ask(`http://127.0.0.1:${port}/${length}`)).toMatchObject({
        sent: 1,
        outcome: unavailable("more than 262144 bytes"),
      });
    }
  });

  it("waits no longer than its time for all of an answer", async () => {
    const { port } = await kept(
      startPlain((_asked, answered) => {
        const drip = setInterval(() => answered.write("x"), 20);
        answered.on("close", () => clearInterval(drip));
      }),
    );
    expect(await ask(`http://127.0.0.1:${port}/`, { http: { deadlineMs: 200 } })).toMatchObject({
      sent: 1,
      outcome: unavailable("did not answer within 0.2 s"),
    });
  });

  it("closes its connection, whatever came of it", async () => {
    const closed: Promise<void>[] = [];
    const { port } = await kept(
      startRaw((socket) => {
        closed.push(new Promise((resolve) => socket.once("close", () => resolve())));
        socket.once("data", () => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"));
      }),
    );
    expect((await ask(`http://127.0.0.1:${port}/`)).outcome).toBe(200);
    await Promise.all(closed);
    expect(closed.length).toBe(1);
  });

  it.each([
    ["nothing", ""],
    ["nonsense", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["half a head", "HTTP/1.1 200 OK\r\ncontent-"],
    ["half a body", "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf"],
    ["half a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nhalf"],
    ["another protocol", "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
    ["a head without end", `HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`],
  ])("is sent and unanswered when what comes back is %s", async (_what, text) => {
    const { port } = await kept(startRaw((socket) => socket.once("data", () => socket.end(text))));
    expect(await ask(`http://127.0.0.1:${port}/`, { body: "secret" })).toMatchObject({
      sent: 1,
      outcome: expect.objectContaining({ code: "UNAVAILABLE" }) as unknown,
    });
  });

  it.each([199, 205, 304, 600, 999])("survives an odd status: %i", async (status) => {
    const { port } = await kept(
      startRaw((socket) =>
        socket.once("data", () =>
          socket.end(`HTTP/1.1 ${status} Odd\r\ncontent-length: 2\r\n\r\nok`),
        ),
      ),
    );
    const { outcome } = await ask(`http://127.0.0.1:${port}/`);
    expect([205, 304, 599, unavailable("")]).toContainEqual(outcome);
  });

  it("is not sent when nobody listens, or nobody waits", async () => {
    const { port, close } = await startRaw(() => undefined);
    await close();
    expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({
      sent: 0,
      outcome: unavailable("ECONNREFUSED"),
    });
    const server = await kept(startPlain((_asked, answered) => answered.end()));
    const signal = AbortSignal.abort();
    expect(await ask(`http://127.0.0.1:${server.port}/`, { signal })).toMatchObject({
      sent: 0,
      outcome: unavailable("nobody waits"),
    });
    expect(server.connections()).toBe(0);
  });

  it("ends at once when nobody waits any more", async () => {
    const end = new AbortController();
    const { port } = await kept(startPlain(() => end.abort()));
    expect(await ask(`http://127.0.0.1:${port}/`, { signal: end.signal })).toMatchObject({
      sent: 1,
      outcome: unavailable("nobody waits"),
    });
  });

  it("is not sent under a damaged network.json", async () => {
    const http = { configFolder: join(configFolder, "x") };
    const { mkdirSync, writeFileSync } = await import("node:fs");
    mkdirSync(http.configFolder);
    writeFileSync(join(http.configFolder, "network.json"), "{");
    const server = await kept(startPlain((_asked, answered) => answered.end()));
    expect(await ask(`http://127.0.0.1:${server.port}/`, { http })).toMatchObject({
      sent: 0,
      outcome: expect.objectContaining({ code: "INVALID" }) as unknown,
    });
    expect(server.connections()).toBe(0);
  });
});
