import { request } from "node:http";
import { connect } from "node:net";
import { listenForAnswer } from "@strongroom/daemon/src/oauth/login/loopback.ts";
import type { Loopback } from "@strongroom/daemon/src/oauth/login/loopback.ts";
import { expired } from "@strongroom/daemon/src/oauth/login/refusal.ts";
import { afterEach, describe, expect, it } from "vitest";

const open: Loopback[] = [];
afterEach(() => {
  for (const loopback of open.splice(0)) loopback.close(expired());
});
async function listening(): Promise<Loopback> {
  const loopback = await listenForAnswer();
  open.push(loopback);
  return loopback;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Asks as whoever says that it is of this host. */
function ask(url: string, { host = new URL(url).host, method = "GET" } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: { host }, agent: false }, (answered) => {
      let text = "";
      answered.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answered.on("end", () => {
        resolve({ status: answered.statusCode ?? 0, headers: answered.headers, text });
      });
    });
    asked.on("error", reject);
    asked.end();
  });
}

describe("the page that a browser comes back to", () => {
  it("is on 127.0.0.1, on a port of its own", async () => {
    const [one, other] = [await listening(), await listening()];
    expect(one.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
    expect(one.redirectUri).not.toBe(other.redirectUri);
  });

  it("hands on the query, and shows nothing of it", async () => {
    const { answer, redirectUri } = await listening();
    const page = await ask(`${redirectUri}?code=canary&state=<script>&error=canary`);
    expect(Object.fromEntries(await answer)).toEqual({
      code: "canary",
      state: "<script>",
      error: "canary",
    });
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(/canary|script|http|src=|href=/);
    expect(page.headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": expect.stringContaining("default-src 'none'") as string,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
  });

  it("is asked once: afterwards nobody listens there", async () => {
    const { answer, redirectUri } = await listening();
    const first = await ask(`${redirectUri}?code=1`);
    await expect(ask(`${redirectUri}?code=2`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(first.status).toBe(200);
    expect((await answer).get("code")).toBe("1");
  });

  it("takes one of two requests that come on connections that stood before", async () => {
    const { answer, redirectUri } = await listening();
    const { port } = new URL(redirectUri);
    const talk = (code: string): Promise<string> =>
      new Promise((resolve) => {
        let text = "";
        const socket = connect(Number(port), "127.0.0.1", () => {
          socket.write(`GET /callback?code=${code} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
        });
        socket.on("data", (chunk) => (text += chunk.toString()));
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(text));
      });
    const texts = await Promise.all(["1", "2", "3", "4"].map(talk));
    expect(texts.filter((text) => text.startsWith("HTTP/1.1 200")).length).toBe(1);
    const won = texts.findIndex((text) => text.startsWith("HTTP/1.1 200")) + 1;
    expect((await answer).get("code")).toBe(String(won));
  });

  it("takes one of the requests that one connection sends at once", async () => {
    const { answer, redirectUri } = await listening();
    const { port } = new URL(redirectUri);
    const written = (code: string): string =>
      `GET /callback?code=${code} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
    const text = await new Promise<string>((resolve) => {
      let heard = "";
      const socket = connect(Number(port), "127.0.0.1", () =>
        socket.write(written("1") + written("2")),
      );
      socket.on("data", (chunk) => (heard += chunk.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(heard));
    });
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
    expect((await answer).get("code")).toBe("1");
  });

  it("is no other path, no other method, and no other host", async () => {
    const { answer, redirectUri } = await listening();
    const { origin } = new URL(redirectUri);
    expect((await ask(`${origin}/favicon.ico`)).status).toBe(404);
    expect((await ask(`${origin}/?code=1`)).status).toBe(404);
    expect((await ask(`${origin}/callback/?code=1`)).status).toBe(404);
    expect((await ask(redirectUri)).status).toBe(404);
    expect((await ask(`${redirectUri}?code=1`, { method: "POST" })).status).toBe(404);
    expect((await ask(`${redirectUri}?code=1`, { host: "evil.example" })).status).toBe(404);
    expect((await ask(`${redirectUri}?code=1`, { host: "localhost" })).status).toBe(404);
    expect((await ask(`${redirectUri}?code=right`)).status).toBe(200);
    expect((await answer).get("code")).toBe("right");
  });

  it("is closed when somebody guesses at it", async () => {
    const { answer, redirectUri } = await listening();
    const { origin } = new URL(redirectUri);
    for (let n = 0; n < 21; n += 1) await ask(`${origin}/${n}`).catch(() => undefined);
    await expect(answer).rejects.toMatchObject({ code: "DENIED" });
    await expect(ask(`${redirectUri}?code=1`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("is gone when nobody waits for it, with the reason", async () => {
    const { answer, close, redirectUri } = await listening();
    close(expired());
    await expect(answer).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect(ask(`${redirectUri}?code=1`)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
