import { setTimeout as pause } from "node:timers/promises";
import { systemClocks } from "@strongroom/daemon/src/lock/clocks.ts";
import type { ServerContext } from "@strongroom/daemon/src/server/context.ts";
import { dispatch } from "@strongroom/daemon/src/server/dispatch.ts";
import { Lane } from "@strongroom/daemon/src/server/lane.ts";
import { Session, SessionCaller } from "@strongroom/daemon/src/server/session.ts";
import { expect, it } from "vitest";

it("counts the proof of a slot from when it was asked for: what ends proofs meanwhile ends it", async () => {
  const session = new Session("owner");
  let slotGone = 0;
  const turn = {
    execute: async (): Promise<never> => {
      await pause(30);
      slotGone = systemClocks.booted();
      // Its record waits for a frame, behind whatever is at work.
      await pause(30);
      return { required: true, types: [], forMs: 900_000, revision: 1 } as never;
    },
  };
  const context: Partial<ServerContext> = {
    state: () => "open",
    turn: () => turn,
  };
  const signal = new AbortController().signal;
  const request = {
    method: "session/own",
    params: { passphrase: "x" },
    caller: new SessionCaller(session, signal),
    session,
    asker: () => {
      throw new Error("nobody locks it");
    },
  };
  const passage = { lane: new Lane(), room: () => undefined };
  await dispatch(request, passage, context as ServerContext);
  expect(session.provedAt).toBeGreaterThan(0);
  expect(session.provedAt).toBeLessThan(slotGone);
});

it("lets what is fetched first see what was sent before it, and nothing behind it wait for that", async () => {
  const session = new Session("owner");
  const begun: string[] = [];
  const flying = new Promise<never>(() => {});
  const turn = {
    execute: async (method: string): Promise<never> => {
      begun.push(method);
      if (method === "oauth/token") return await flying;
      await pause(10);
      begun.push(`${method} is done`);
      return { revision: 1 } as never;
    },
  };
  const context: Partial<ServerContext> = { state: () => "open", turn: () => turn };
  const passage = { lane: new Lane(), room: () => undefined };
  const { signal } = new AbortController();
  const ask = (method: string, params: object): Promise<unknown> =>
    dispatch(
      {
        method,
        params,
        caller: new SessionCaller(session, signal),
        session,
        asker: () => {
          throw new Error("nobody locks it");
        },
      },
      passage,
      context as ServerContext,
    );
  void ask("secret/set", { name: "a", value: "1" });
  void ask("oauth/token", { name: "b" });
  await ask("secret/get", { name: "a" });
  expect(begun).toEqual([
    "secret/set",
    "secret/set is done",
    "oauth/token",
    "secret/get",
    "secret/get is done",
  ]);
});
