// An HTTP server of yours whose API keys the vault judges. Its own key, and one for a customer:
//   strongroom key create billing --allow verify:billing --no-expiry > billing.key
//   strongroom key create shop --audience billing --allow 'create:/invoices/*' --no-expiry > shop.key
//   STRONGROOM_API_KEY_FILE=billing.key npx tsx http-api-keys.ts   (or node, from 22.18 on)
//   curl -d 42 -H "Authorization: Bearer $(cat shop.key)" http://127.0.0.1:PORT/invoices/7
// With --stale it is the server as it is often written: it remembers whom it knew for a minute. A
// test revokes a key in a flood of requests, and tells the two apart.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, StrongroomError } from "@strongroom/client";

const STALE = process.argv.includes("--stale");
const MINUTE_MS = 60_000;

const vault = await connect();
const invoices = new Map<string, string>();
const remembered = new Map<string, number>();

/** Asks the vault: what it says is true now, and uses the key's rate and quota. */
async function mayCreate(key: string, resource: string): Promise<boolean> {
  const sha256 = createHash("sha256").update(key).digest("hex"); // The key itself stays here.
  try {
    await vault.call("key/verify", { sha256, service: "billing", action: "create", resource });
    return true;
  } catch (error) {
    if (!(error instanceof StrongroomError && error.code === "DENIED")) throw error;
    // A key of ours that ended is refused as well: then it is not the caller's fault, and this throws.
    await vault.status();
    return false;
  }
}

/** The stale way: whoever was allowed once is allowed for a minute, whatever became of the key. */
async function mayCreateStale(key: string, resource: string): Promise<boolean> {
  if ((remembered.get(`${key} ${resource}`) ?? 0) > Date.now()) return true;
  const allowed = await mayCreate(key, resource);
  if (allowed) remembered.set(`${key} ${resource}`, Date.now() + MINUTE_MS);
  return allowed;
}

async function handle(request: IncomingMessage): Promise<number> {
  // `URL` resolves the dots of a path: what is judged is what is served.
  const path = `http://localhost${request.url ?? "/"}`;
  if (!URL.canParse(path)) return 400;
  const { pathname } = new URL(path);
  const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
  if (key === undefined) return 401;
  // The stale server judges first, and the rest takes its time.
  if (STALE && !(await mayCreateStale(key, pathname))) return 403;
  let body = "";
  for await (const chunk of request) body += String(chunk);
  // The good one judges last: nothing is awaited between the answer and the effect.
  if (!STALE && !(await mayCreate(key, pathname))) return 403;
  invoices.set(pathname, body);
  return 201;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    response.writeHead(await handle(request));
  } catch (error) {
    // No resource has such a path; or the vault is locked, its daemon gone: nobody is let in.
    const isPath = error instanceof StrongroomError && /INVALID|TOO_LARGE/.test(error.code);
    response.writeHead(isPath ? 400 : 503);
  }
  response.end();
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : address);
});
