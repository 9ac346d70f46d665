import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ServerOptions } from "./authorization-server.ts";
import type { Fault } from "./fault-proxy.ts";
import type { FirstGrant, Rig, RigCounts } from "./rig.ts";

/** What a rig in another process is asked. */
export type RigRequest = { readonly id: number } & (
  | { readonly ask: "counts" }
  | { readonly ask: "fault"; readonly fault?: Fault | undefined }
  | {
      readonly ask: "grant";
      readonly account?: string | undefined;
      readonly scopes?: readonly string[] | undefined;
    }
);

type Question = RigRequest extends infer R ? (R extends unknown ? Omit<R, "id"> : never) : never;

interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** Starts a rig in a process of its own; it ends with this one. */
export async function startRigProcess(options: ServerOptions = {}): Promise<Rig> {
  const program = fileURLToPath(new URL("rig-process.ts", import.meta.url));
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: ["--import", "tsx", "-C", "strongroom-source"],
  });
  const ended = once(child, "exit").then(([status]) => {
    throw new Error(`the authorization server ended with ${String(status)}`);
  });
  ended.catch(() => undefined);
  const waiting = new Map<number, (reply: Reply) => void>();
  child.on("message", (reply: Reply) => waiting.get(reply.id)?.(reply));
  const replied = (id: number): Promise<unknown> =>
    Promise.race([
      ended,
      new Promise<unknown>((resolve, reject) => {
        waiting.set(id, ({ error, result }) => {
          waiting.delete(id);
          if (error === undefined) resolve(result);
          else reject(new Error(error));
        });
      }),
    ]);
  let last = 0;
  const ask = async (question: Question): Promise<unknown> => {
    last += 1;
    const reply = replied(last);
    child.send({ id: last, ...question });
    return await reply;
  };
  const issuer = (await replied(0)) as string;
  return {
    issuer,
    counts: async () => (await ask({ ask: "counts" })) as RigCounts,
    fault: async (fault) => void (await ask({ ask: "fault", fault })),
    grant: async (account, scopes) => (await ask({ ask: "grant", account, scopes })) as FirstGrant,
    close: async () => {
      const exit = once(child, "exit");
      child.kill();
      await exit;
    },
  };
}
