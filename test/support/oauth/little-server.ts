import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer as createPlainServer } from "node:net";
import type { Server as PlainServer, Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { closed, listening } from "./authorization-server.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));

/** The certificate that issued that of `startSecure`: for localhost, auth.test and 127.0.0.1. */
export const TEST_CA: string = fixture("ca.pem");

/** A server that a test made up. */
export interface LittleServer {
  readonly port: number;
  /** Requests that arrived, as `METHOD host path`. */
  readonly requests: readonly string[];
  /** Connections that arrived. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Serves http. */
export async function startPlain(handle: RequestListener): Promise<LittleServer> {
  return await started(createServer(), handle);
}

/** Serves https with the test's own certificate. */
export async function startSecure(handle: RequestListener): Promise<LittleServer> {
  const key = readFileSync(fixture("server-key.pem"));
  return await started(
    createSecureServer({ key, cert: readFileSync(fixture("server.pem")) }),
    handle,
  );
}

/** Does with each connection what it is told. */
export async function startRaw(handle: (socket: Socket) => void): Promise<LittleServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: PlainServer = createPlainServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined);
    handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { readonly port: number }).port,
    requests: [],
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A proxy that leads every name to one port here, and keeps what it was asked for. */
export async function startTunnel(to: () => number, more = ""): Promise<LittleServer> {
  const requests: string[] = [];
  const little = await startRaw((socket) => {
    let head = "";
    const heard = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      socket.off("data", heard);
      requests.push(head);
      const onward = connect(to(), "127.0.0.1", () => {
        socket.write(`HTTP/1.1 200 Connection established\r\n\r\n${more}`);
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
      socket.on("close", () => onward.destroy());
    };
    socket.on("data", heard);
  });
  return { ...little, requests };
}

async function started(server: Server, handle: RequestListener): Promise<LittleServer> {
  const requests: string[] = [];
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  server.on("request", (asked, answered) => {
    requests.push(`${asked.method} ${asked.headers.host} ${asked.url}`);
    handle(asked, answered);
  });
  return {
    port: await listening(server),
    requests,
    connections: () => connections,
    close: () => closed(server),
  };
}
