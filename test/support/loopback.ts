import { createServer as createPlain } from "node:http";
import type { RequestListener, Server } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A server on the loopback that ends with the test; resolves with its port. */
export async function serveLoopback(
  answer: RequestListener,
  tls?: { readonly key: Buffer; readonly cert: Buffer },
): Promise<number> {
  const server: Server = tls === undefined ? createPlain(answer) : createServer(tls, answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
