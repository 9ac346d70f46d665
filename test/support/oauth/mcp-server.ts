import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { SECRET_CLIENT, closed, listening } from "./authorization-server.ts";

/** An MCP server whose tokens are those of a rig; `taken` and `refused`: how it answered. */
export interface McpServer {
  /** Also what tokens are for (RFC 8707). */
  readonly url: string;
  readonly counts: { taken: number; refused: number };
  close(): Promise<void>;
}

/** Starts one on 127.0.0.1, by the streamable HTTP of MCP: one tool, `ping`, no sessions. */
export async function startMcpServer(issuer: string): Promise<McpServer> {
  const counts = { taken: 0, refused: 0 };
  let origin = "";
  const server = createServer((request, response) => {
    void answerTo(request, { issuer, origin, counts }).then(([status, body, headers]) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  origin = `http://127.0.0.1:${await listening(server)}`;
  return { url: `${origin}/mcp`, counts, close: () => closed(server) };
}

type Answer = readonly [
  status: number,
  body?: object,
  headers?: { readonly [name: string]: string },
];

const METADATA = "/.well-known/oauth-protected-resource";

async function answerTo(
  request: IncomingMessage,
  { counts, issuer, origin }: { counts: McpServer["counts"]; issuer: string; origin: string },
): Promise<Answer> {
  if (request.url?.startsWith(METADATA) === true) {
    const scopes = ["openid", "offline_access", "read"];
    return [
      200,
      { resource: `${origin}/mcp`, authorization_servers: [issuer], scopes_supported: scopes },
    ];
  }
  if (request.url !== "/mcp") return [404, {}];
  const [, token = ""] = /^Bearer (.+)$/u.exec(request.headers.authorization ?? "") ?? [];
  if (!(await isActive(issuer, token))) {
    if (token !== "") counts.refused += 1;
    const challenge = `Bearer resource_metadata="${origin}${METADATA}/mcp"`;
    return [401, { error: "invalid_token" }, { "www-authenticate": challenge }];
  }
  if (request.method !== "POST") return [405, {}];
  counts.taken += 1;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const asked = JSON.parse(Buffer.concat(chunks).toString()) as { id?: unknown; method: string };
  if (asked.id === undefined) return [202];
  return [200, { jsonrpc: "2.0", id: asked.id, result: resultOf(asked.method) }];
}

function resultOf(method: string): object {
  if (method === "initialize") {
    const serverInfo = { name: "rig", version: "1.0.0" };
    return { protocolVersion: "2025-06-18", capabilities: { tools: {} }, serverInfo };
  }
  if (method === "tools/list") {
    return { tools: [{ name: "ping", inputSchema: { type: "object", properties: {} } }] };
  }
  return { content: [{ type: "text", text: "pong" }] };
}

/** As the authorization server of the rig says (RFC 7662). */
async function isActive(issuer: string, token: string): Promise<boolean> {
  if (token === "") return false;
  const { id, secret } = SECRET_CLIENT;
  const answer = await fetch(`${issuer}/token/introspection`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
    body: new URLSearchParams({ token, token_type_hint: "access_token" }),
  });
  return ((await answer.json()) as { readonly active?: unknown }).active === true;
}
