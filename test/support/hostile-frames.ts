import { encodeFrame } from "@strongroom/client/protocol";
import type { MethodName } from "@strongroom/client/protocol";
import { hostileCall, MARKER, pick } from "./hostile-params.ts";
import type { Below } from "./hostile-params.ts";
import { seededRandom } from "./random.ts";
import { HELLO, request } from "./raw-client.ts";

/** One frame of a hostile client, or what stands in the place of one. */
export interface HostileFrame {
  readonly bytes: Buffer;
  /** The id that an answer to it has, where it may have one. */
  readonly id?: number | string;
  readonly method?: MethodName;
  /**
   * `answered`: by a result or a refusal; `closes`: it ends the connection; `silent`: nothing is
   * said to it; `closes late`: it ends the connection, or finds its id answered and free again;
   * `any`: nobody can know, for it was damaged.
   */
  readonly fate: "answered" | "any" | "closes" | "closes late" | "silent";
}

/** All that a hostile client does on one connection. */
export interface Conversation {
  readonly frames: readonly HostileFrame[];
  /** Lengths of the writes; what is left is written at once. */
  readonly writes: readonly number[];
  /** Whether what may end it is sent only when the rest was answered, or long enough after. */
  readonly patient: boolean;
  /** How it ends: by closing its half, or without a word. */
  readonly ending: "destroyed" | "ended";
}

const hello: HostileFrame = { ...framed(HELLO), id: 0, method: "hello", fate: "answered" };

/** The conversation that follows from a seed: a greeting mostly, then 1 to 24 frames or very many. */
export function conversation(seed: number): Conversation {
  const random = seededRandom(seed);
  const below: Below = (limit) => Math.floor(random() * limit);
  const frames: HostileFrame[] = below(30) === 0 ? [] : [hello];
  const damaging = below(3) === 0;
  const many = below(400) === 0 ? 200 : 0;
  for (let index = 1 + many + below(24); index > 0; index -= 1) {
    if (damaging && below(8) === 0) frames.push(...damaged(below, index));
    else if (below(12) === 0) frames.push(...odd(below, index));
    else frames.push(call(below, index));
  }
  if (below(4) === 0) frames.push(...closing(below));
  const writes = below(3) === 0 ? Array.from({ length: 1 + below(6) }, () => 1 + below(300)) : [];
  const slow = below(300) === 0;
  return {
    frames,
    writes: slow ? Array.from({ length: 60 }, () => 1) : writes,
    patient: below(4) > 0,
    ending: below(10) === 0 ? "destroyed" : "ended",
  };
}

function framed(message: object): { readonly bytes: Buffer } {
  return { bytes: encodeFrame(JSON.stringify(message)) };
}

/** A request with an id of its own; whatever its params, it is answered. */
function call(below: Below, index: number): HostileFrame {
  const { method, params } = hostileCall(below);
  const id = below(3) === 0 ? `${MARKER}-${index}` : index;
  const { bytes } = framed(request(id, method, params));
  return { bytes: below(9) === 0 ? retyped(bytes) : bytes, id, method, fate: "answered" };
}

/** The same frame with the second header that is allowed. */
function retyped(bytes: Buffer): Buffer {
  const type = "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n";
  return Buffer.concat([Buffer.from(type), bytes]);
}

/** Frames that are allowed and seldom sent. */
function odd(below: Below, index: number): readonly HostileFrame[] {
  const id = 1000 + index;
  const answered = (message: object): HostileFrame => ({
    ...framed(message),
    id,
    fate: "answered",
  });
  const cancel = (what: unknown): HostileFrame => ({
    ...framed({ jsonrpc: "2.0", method: "$/cancelRequest", params: { id: what } }),
    fate: "silent",
  });
  return pick<() => readonly HostileFrame[]>(below, [
    () => [answered(request(id, `${pick(below, ["", "secret/", "__proto__", "é", "$/x"])}x`, {}))],
    () => [answered(request(id, "toString", { value: MARKER }))],
    () => [cancel(pick(below, [1, "1", -5, 999]))],
    () => [call(below, id), cancel(id), cancel(id), cancel(`${MARKER}-${id}`)],
    () => [answered({ ...request(id, "secret/get", { name: "h/1" }), [MARKER]: { a: [1] } })],
    () => [{ ...framed({ ...HELLO, id }), id, method: "hello", fate: "answered" }],
    () => [
      {
        bytes: encodeFrame(
          `{"jsonrpc":"2.0","id":${id},"method":"secret/get","method":"vault/read","params":{"names":[]}}`,
        ),
        id,
        method: "vault/read",
        fate: "answered",
      },
    ],
  ])();
}

/** The id of a request that is refused for its envelope. */
export const CLOSING_ID = 500;

/** What ends a connection. */
function closing(below: Below): readonly HostileFrame[] {
  const { method, params } = hostileCall(below);
  const text = JSON.stringify(request(CLOSING_ID, method, params));
  const id = `"id":${CLOSING_ID}`;
  const reading = JSON.stringify(request(CLOSING_ID, "vault/read", { names: ["h/1"] }));
  const twice = (other: string): Buffer => Buffer.concat([reading, other].map(encodeFrame));
  if (below(12) === 0) {
    const bytes = twice(pick(below, [reading, reading.replace(id, `"id":"${CLOSING_ID}"`)]));
    return [{ bytes, fate: "closes late" }];
  }
  const bytes = pick<() => Buffer>(below, [
    () => encodeFrame(`[${text}]`),
    () => encodeFrame(text.replace('"2.0"', pick(below, ['"1.0"', "2", "null", '"2.0 "']))),
    () => encodeFrame(text.replace(id, pick(below, ['"id":null', '"id":1.5', '"id":{}']))),
    () => encodeFrame(text.replace(id, `"id":"${"x".repeat(65)}"`)),
    () => encodeFrame(`{"jsonrpc":"2.0","id":1,"result":"${MARKER}"}`),
    () => encodeFrame(`{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"${MARKER}"}}`),
    () => encodeFrame(`{"jsonrpc":"2.0","method":"secret/set","params":{"value":"${MARKER}"}}`),
    () => encodeFrame('{"jsonrpc":"2.0","method":"$/cancelRequest"}'),
    () => encodeFrame('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":null}}'),
    () => encodeFrame("[".repeat(33 + below(2000))),
    () => encodeFrame(`{"jsonrpc":"2.0","id":1,"method":"m","params":${"{".repeat(40)}`),
    () => encodeFrame(`${MARKER} is no JSON`),
    () => encodeFrame(`\ufeff${text}`),
    () => encodeFrame(text.slice(0, -1 - below(text.length - 1))),
    () => encodeFrame(`{"jsonrpc":"2.0","id":1,"method":"m","params":[${"0,".repeat(100_001)}0]}`),
    () =>
      Buffer.concat([Buffer.from("Content-Length: 3\r\n\r\n"), Buffer.from([0x22, 0xff, 0x22])]),
    () => Buffer.from(`Content-Length: ${pick(below, LENGTHS)}\r\n\r\n${text}`),
    () => Buffer.from(`Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`),
    () => Buffer.from(`Content-Length: 2\r\n${pick(below, HEADERS)}\r\n\r\n{}`),
    () => Buffer.from(`${pick(below, HEADERS)}\r\n\r\n`),
    () => Buffer.alloc(257 + below(100_000), pick(below, ["A", "\n", "\0", MARKER])),
    () => Buffer.from("\r\n\r\n"),
    () => Buffer.from(`GET / HTTP/1.1\r\nHost: ${MARKER}\r\n\r\n`),
  ])();
  return [{ bytes, fate: "closes" }];
}

const LENGTHS: readonly string[] = Object.values({
  signed: ["-1", "+2"],
  strange: ["2abc", "0x2", "1e1", "2.0", " 2", "2 ", "02", "", "NaN", "٣", MARKER],
  large: ["2097153", "999999999", "99999999999", "9".repeat(200)],
}).flat();
const HEADERS: readonly string[] = Object.values({
  named: ["X-Other: 1", ": 1", `Cookie: ${MARKER}`],
  spelt: ["content-length: 2", "Content-Length : 2", "Content-Length:2"],
  typed: ["Content-Type: text/plain", "Content-Type: a; charset=latin1"],
}).flat();

/** A frame that was right before it was damaged, or half of one; an end of all order. */
function damaged(below: Below, index: number): readonly HostileFrame[] {
  const { bytes: whole, method } = call(below, 2000 + index);
  // Without its params, whose name may be hit, it would be obeyed.
  if (method === "daemon/stop") return [];
  const big = whole.length > 100_000;
  const bytes = pick<() => Buffer>(below, [
    () => flipped(below, whole),
    () => flipped(below, whole),
    () => whole.subarray(0, below(whole.length)),
    () => Buffer.concat([whole, whole]),
    () => Buffer.concat([whole.subarray(below(whole.length)), whole]),
    () => inserted(below, whole),
    () => relabelled(below, whole),
    () => Buffer.from(Array.from({ length: below(big ? 9 : 400) }, () => below(256))),
  ])();
  return [{ bytes, fate: "any" }];
}

function flipped(below: Below, whole: Buffer): Buffer {
  const bytes = Buffer.from(whole);
  for (let count = 1 + below(5); count > 0; count -= 1) {
    const at = below(below(2) === 0 ? Math.min(bytes.length, 60) : bytes.length);
    bytes.writeUInt8(below(2) === 0 ? below(256) : (bytes[at] ?? 0) ^ (1 << below(8)), at);
  }
  return bytes;
}

function inserted(below: Below, whole: Buffer): Buffer {
  const at = below(whole.length);
  const more = Buffer.from(Array.from({ length: 1 + below(20) }, () => below(256)));
  return Buffer.concat([whole.subarray(0, at), more, whole.subarray(at)]);
}

/** The right body under a length that lies. */
function relabelled(below: Below, whole: Buffer): Buffer {
  const body = whole.subarray(whole.indexOf("\r\n\r\n") + 4);
  const length = Math.max(0, body.length + pick(below, [-7, -1, 1, 7, 100_000]));
  return Buffer.concat([Buffer.from(`Content-Length: ${length}\r\n\r\n`), body]);
}
