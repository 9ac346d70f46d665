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
