import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { ERRORS, FrameDecoder, METHODS, parseReply } from "@strongroom/client/protocol";
import type { ErrorCode, MethodName } from "@strongroom/client/protocol";
import { CLOSING_ID, conversation } from "./hostile-frames.ts";
import type { Conversation, HostileFrame } from "./hostile-frames.ts";
import { MARKER } from "./hostile-params.ts";
import { pause } from "./processes.ts";

const METHOD_NOT_FOUND = -32601;
const REPLY_BYTES = 16_777_216;
const PATIENCE_MS = 30_000;
const DUE_MS = 500;

/** What became of the frames of some conversations. */
export interface Met {
  frames: number;
  readonly outcomes: Map<string, number>;
  readonly violations: string[];
}

/** Has the conversation of a seed with the daemon at a path, and notes what came of it. */
export async function converse(path: string, seed: number, met: Met): Promise<void> {
  const talk = conversation(seed);
  const violate = (what: string): void => void met.violations.push(`seed ${seed}: ${what}`);
  const answers = new Map<number | string, string>();
  const methods = new Map(talk.frames.map(({ id, method }) => [id, method]));
  const socket = await connected(path);
  const decoder = new FrameDecoder(REPLY_BYTES);
  socket.on("data", (chunk) => {
    try {
      for (const body of decoder.push(chunk)) {
        const [id, said] = judged(body, methods);
        if (answers.has(id) && methods.has(id)) violate(`${id} was answered twice`);
        answers.set(id, said);
      }
    } catch (error) {
      violate(`no answer: ${(error as Error).message}`);
    }
  });
  await speak(socket, talk, () => answers.size);
  if (!(await ended(socket))) violate("the connection was left open");
  socket.destroy();
  account(talk, answers, met, violate);
}

/** Counts every frame once; of a conversation that breaks no rule, each must have its answer. */
function account(
  talk: Conversation,
  answers: ReadonlyMap<number | string, string>,
  met: Met,
  violate: (what: string) => void,
): void {
  const closes = talk.frames.at(-1)?.fate === "closes" && !isDamaged(talk);
  if (closes && answers.has(CLOSING_ID)) violate("what should have closed was answered");
  const orderly =
    talk.ending === "ended" &&
    isGreeted(talk) &&
    talk.frames.every(({ fate }) => fate === "answered" || fate === "silent");
  for (const frame of talk.frames.slice(isGreeted(talk) ? 1 : 0)) {
    const outcome = outcomeOf(frame, answers);
    if (orderly && outcome === UNANSWERED) violate(`${frame.method ?? "?"} was not answered`);
    met.outcomes.set(outcome, (met.outcomes.get(outcome) ?? 0) + 1);
    met.frames += 1;
  }
}

const UNANSWERED = "closed before an answer";
const CLOSED = "closed the connection";

function outcomeOf(frame: HostileFrame, answers: ReadonlyMap<number | string, string>): string {
  if (frame.fate === "closes") return CLOSED;
  if (frame.fate === "closes late") return answers.has(CLOSING_ID) ? "free again" : CLOSED;
  if (frame.fate === "any") return "damaged, whatever came of it";
  if (frame.fate === "silent") return "taken without a word";
  return answers.get(frame.id ?? -1) ?? UNANSWERED;
}

/** The id and the outcome of an answer; throws when it is none or says too much. */
function judged(
  body: Buffer,
  methods: ReadonlyMap<number | string | undefined, MethodName | undefined>,
): readonly [id: number | string, outcome: string] {
  const reply = parseReply(body);
  const method = methods.get(reply.id);
  if (!("error" in reply)) {
    if (method !== undefined) METHODS[method].result.parse(reply.result, "result");
    return [reply.id, "answered"];
  }
  const { code: number, data, message } = reply.error;
  const { code, hint, retryable } = data as { code: ErrorCode; hint: string; retryable: boolean };
  if (!Object.hasOwn(ERRORS, code)) throw new Error(`unknown code ${code}`);
  if (code === "INTERNAL") throw new Error(`INTERNAL to ${method ?? "a damaged request"}`);
  const rule = ERRORS[code];
  const plain = number === rule.number || (number === METHOD_NOT_FOUND && code === "INVALID");
  if (!plain || rule.retryable !== retryable) throw new Error(`${code} with ${number}`);
  if (message === "" || typeof hint !== "string" || hint === "") throw new Error(`bare ${code}`);
  if (JSON.stringify(reply.error).includes(MARKER)) throw new Error(`${code} quotes its input`);
  return [reply.id, `refused, ${code}`];
}

/** Writes it as it wants to be written; `answered` tells how many answers there are. */
async function speak(socket: Socket, talk: Conversation, answered: () => number): Promise<void> {
  const writes = [...talk.writes];
  let due = 0;
  for (const frames of talk.patient ? parts(talk.frames) : [talk.frames]) {
    const begun = performance.now();
    while (answered() < due && !socket.destroyed && performance.now() < begun + DUE_MS)
      await pause(1);
    if (socket.destroyed) break;
    let bytes = Buffer.concat(frames.map((frame) => frame.bytes));
    for (; writes.length > 0 && bytes.length > 0; bytes = bytes.subarray(writes.shift())) {
      socket.write(bytes.subarray(0, writes[0]));
      await polled();
    }
    if (bytes.length > 0) socket.write(bytes);
    due += frames.filter(({ fate }) => fate === "answered").length;
  }
  if (talk.ending === "destroyed") socket.destroy();
  // The daemon ends it by itself, unless what came before has made another thing of the last frame.
  else if (talk.frames.at(-1)?.fate !== "closes" || isDamaged(talk)) socket.end();
}

/** Whether it begins with a greeting that breaks no rule; that is no hostile frame. */
function isGreeted({ frames }: Conversation): boolean {
  return frames[0]?.id === 0;
}

function isDamaged({ frames }: Conversation): boolean {
  return frames.some(({ fate }) => fate === "any");
}

/** The frames in parts, each beginning with one that may end it all. */
function parts(frames: readonly HostileFrame[]): readonly (readonly HostileFrame[])[] {
  const cut: HostileFrame[][] = [[]];
  for (const frame of frames) {
    if (frame.fate === "any" || frame.fate.startsWith("closes")) cut.push([]);
    cut.at(-1)?.push(frame);
  }
  return cut;
}

function polled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function ended(socket: Socket): Promise<boolean> {
  if (socket.closed) return true;
  return await new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** Connects; a full backlog means that somebody listens. */
async function connected(path: string): Promise<Socket> {
  for (;;) {
    // Half-open, for the answers come after our end.
    const socket = connect({ path, allowHalfOpen: true });
    try {
      await once(socket, "connect");
      socket.on("error", () => {});
      socket.on("end", () => socket.end());
      return socket;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      await pause(5);
    }
  }
}
