import crypto from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { connect, createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { bindFresh, Endpoint } from "@strongroom/daemon/src/guard/endpoint.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

let folder = "";
let endpoints: Endpoint[] = [];
let servers: Server[] = [];
const path = (): string => join(folder, "run/v.sock");

function make(answer: string, candidates: readonly string[] = [path()]): Endpoint {
  const endpoint = new Endpoint({
    candidates: () => candidates,
    attach: (server) => {
      servers.push(server);
      server.on("connection", (socket) => socket.on("error", () => undefined).end(answer));
    },
  });
  endpoints.push(endpoint);
  return endpoint;
}

async function ask(at: string): Promise<string> {
  const socket = connect(at);
  await once(socket, "connect");
  const chunks = await socket.toArray();
  return Buffer.concat(chunks as Buffer[]).toString();
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "endpoint-"));
  process.umask(0o077);
});
afterEach(async () => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
  await Promise.all(endpoints.map((endpoint) => endpoint.close()));
  for (const server of servers) server.close();
  endpoints = [];
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === "win32")("Endpoint", () => {
  it("serves under its name, closed to others, with no other name left", async () => {
    writeFileSync(join(folder, "x"), "");
    const endpoint = make("hello");
    await endpoint.publish();
    expect(await ask(path())).toBe("hello");
    expect(endpoint.isOurs()).toBe(true);
    expect(lstatSync(path()).mode & 0o077).toBe(0);
    expect(lstatSync(join(folder, "run")).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, "run"))).toStrictEqual(["v.sock"]);
  });

  it("takes the place of whatever a predecessor left", async () => {
    mkdirSync(join(folder, "run"), { mode: 0o700 });
    const leftovers = [
      () => writeFileSync(path(), "a file"),
      () => mkdirSync(join(path(), "full"), { recursive: true }),
      () => symlinkSync(join(folder, "target"), path()),
      () => writeFileSync(`${path()}.0badcafe`, "a killed starter's"),
    ];
    for (const leave of leftovers) {
      rmSync(path(), { force: true });
      leave();
      const endpoint = make("hello");
      await endpoint.publish();
      expect(await ask(path())).toBe("hello");
      await endpoint.close();
    }
    expect(readdirSync(join(folder, "run")).filter((name) => !name.endsWith(".aside"))).toEqual([]);
  });

  it("leaves the successor's socket alone when it closes", async () => {
    const former = make("former");
    await former.publish();
    const successor = make("successor");
    await successor.publish();
    expect(former.isOurs()).toBe(false);
    await former.close();
    expect(await ask(path())).toBe("successor");
  });

  it("can be reached again after its socket or its folder was removed", async () => {
    const endpoint = make("hello");
    await endpoint.publish();
    unlinkSync(path());
    expect(endpoint.isOurs()).toBe(false);
    await endpoint.publish();
    expect(await ask(path())).toBe("hello");
    rmSync(join(folder, "run"), { recursive: true });
    await endpoint.publish();
    expect(await ask(path())).toBe("hello");
  });

  it("still accepts who connected before its name was taken away", async () => {
    const endpoint = make("hello");
    await endpoint.publish();
    const socket = connect(path());
    await endpoint.withdraw();
    expect(existsSync(path())).toBe(false);
    expect(Buffer.concat((await socket.toArray()) as Buffer[]).toString()).toBe("hello");
  });

  it("listens when it is published, and no longer once it is closed", async () => {
    const endpoint = make("hello");
    await endpoint.publish();
    expect(servers.map(({ listening }) => listening)).toEqual([true]);
    await endpoint.withdraw();
    expect(servers.map(({ listening }) => listening)).toEqual([true]);
    await endpoint.close();
    expect(servers.map(({ listening }) => listening)).toEqual([false]);
  });

  it("leaves no server behind where the name cannot be taken", async () => {
    vi.spyOn(files, "rename").mockRejectedValue(Object.assign(new Error("io"), { code: "EIO" }));
    syncBuiltinESMExports();
    const endpoint = make("hello");
    await expect(endpoint.publish()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(servers.map(({ listening }) => listening)).toEqual([false]);
    expect(endpoint.isOurs()).toBe(false);
  });

  it("leaves what stands at its name when it cannot listen", async () => {
    mkdirSync(join(folder, "run"), { mode: 0o700 });
    vi.spyOn(crypto, "randomBytes").mockImplementation(() => Buffer.alloc(4));
    syncBuiltinESMExports();
    for (const place of [path(), `${path()}.00000000`]) writeFileSync(place, "left");
    const endpoint = make("hello");
    await expect(endpoint.publish()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(readFileSync(path(), "utf8")).toBe("left");
    expect(endpoint.path).toBe("");
  });

  it("goes on to the next place when one is a link or open to others", async () => {
    mkdirSync(join(folder, "open"));
    chmodSync(join(folder, "open"), 0o755);
    symlinkSync(folder, join(folder, "link"));
    const places = ["open/v.sock", "link/v.sock", "run/v.sock"].map((name) => join(folder, name));
    const endpoint = make("hello", places);
    await endpoint.publish();
    expect(endpoint.path).toBe(path());
    const nowhere = make("hello", places.slice(0, 2));
    await expect(nowhere.publish()).rejects.toThrow(StrongroomError);
  });
});

describe("the name of a pipe", () => {
  const listening = async (at: string): Promise<Server> => {
    const server = createServer().listen(at);
    servers.push(server);
    await once(server, "listening");
    return server;
  };

  it("is drawn again while it is taken", async () => {
    const drawn = ["taken", "taken", "free"].map((name) => join(folder, name));
    await listening(join(folder, "taken"));
    const bound = await bindFresh(listening, () => drawn.shift() ?? "");
    expect(bound.path).toBe(join(folder, "free"));
    expect(drawn).toEqual([]);
  });

  it("is not drawn for ever, nor after another error", async () => {
    await listening(join(folder, "taken"));
    let draws = 0;
    const draw = (name: string) => (): string => {
      draws += 1;
      return join(folder, name);
    };
    await expect(bindFresh(listening, draw("taken"))).rejects.toMatchObject({ code: "EADDRINUSE" });
    expect(draws).toBe(5);
    await expect(bindFresh(listening, draw("no/folder"))).rejects.toThrow();
    expect(draws).toBe(6);
  });
});
