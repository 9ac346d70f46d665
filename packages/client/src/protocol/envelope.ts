import { parseJson } from "./json-guard.ts";
import { LIMITS } from "./limits.ts";
import { WireError } from "./wire-error.ts";

/** An id of JSON-RPC 2.0: an integer, or a string of at most 64 bytes. */
export type RequestId = number | string;

/** A request whose envelope holds; its params are not judged yet. */
export interface RequestEnvelope {
  readonly kind: "request";
  readonly id: RequestId;
  readonly method: string;
  /** As sent; `undefined` when absent. Only `parseParams` may look inside. */
  readonly params: unknown;
}
/** The one notification that is served: the caller takes a request back. */
export interface CancelEnvelope {
  readonly kind: "cancel";
  readonly id: RequestId;
}
/** An error object whose members have the right types. */
export interface ReplyError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}
/** A reply whose envelope holds: either a result or an error. */
export type ReplyEnvelope =
  | { readonly id: RequestId; readonly result: unknown }
  | { readonly id: RequestId; readonly error: ReplyError };

interface Members {
  readonly [member: string]: unknown;
}

/** What a client sent, from the body of a frame. Throws a `WireError` for anything else. */
export function parseRequest(body: Buffer): RequestEnvelope | CancelEnvelope {
  const members = parseMembers(body, LIMITS.requestParts);
  if (Object.hasOwn(members, "result") || Object.hasOwn(members, "error"))
    throw new WireError("response");
  const method = members["method"];
  if (typeof method !== "string") throw new WireError("envelope");
  if (!Object.hasOwn(members, "id")) return parseCancel(method, members["params"]);
  return { kind: "request", id: parseId(members["id"]), method, params: members["params"] };
}

/** What a daemon sent, from the body of a frame. Throws a `WireError` for anything else. */
export function parseReply(body: Buffer): ReplyEnvelope {
  const members = parseMembers(body, Infinity);
  if (Object.hasOwn(members, "method")) throw new WireError("envelope");
  const id = parseId(members["id"]);
  const failed = Object.hasOwn(members, "error");
  if (failed === Object.hasOwn(members, "result")) throw new WireError("envelope");
  return failed ? { id, error: parseError(members["error"]) } : { id, result: members["result"] };
}

function parseMembers(body: Buffer, maxParts: number): Members {
  const message = parseJson(body, maxParts);
  if (Array.isArray(message)) throw new WireError("batch");
  if (!isMembers(message) || message["jsonrpc"] !== "2.0") throw new WireError("envelope");
  return message;
}

// vscode-jsonrpc throws out of its reader for a cancellation without params, and the process dies.
function parseCancel(method: string, params: unknown): CancelEnvelope {
  if (method !== "$/cancelRequest" || !isMembers(params)) throw new WireError("notification");
  return { kind: "cancel", id: parseId(params["id"]) };
}

function parseId(id: unknown): RequestId {
  if (typeof id === "number" && Number.isSafeInteger(id)) return id;
  if (typeof id === "string" && Buffer.byteLength(id) <= LIMITS.idBytes) return id;
  throw new WireError("id");
}

function parseError(error: unknown): ReplyError {
  if (!isMembers(error)) throw new WireError("envelope");
  const { code, message, data } = error;
  if (typeof code !== "number" || !Number.isSafeInteger(code) || typeof message !== "string")
    throw new WireError("envelope");
  return data === undefined ? { code, message } : { code, message, data };
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
