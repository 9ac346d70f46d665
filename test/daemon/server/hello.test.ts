import { ownProcess } from "@strongroom/client/protocol";
import { hello } from "@strongroom/daemon/src/server/hello.ts";
import type { ServerContext } from "@strongroom/daemon/src/server/context.ts";
import { expect, it } from "vitest";

const context = {
  state: () => "open",
  identity: () => ({ vault: "v", revision: 0 }),
} as unknown as ServerContext;

it("a process number counts where it is of our own numbering, and nowhere else", () => {
  const said = (place: object | undefined): number | undefined => {
    const client = { name: "t", version: "0", ...(place && { process: place }) };
    return hello({ protocol: { min: 1, max: 1 }, client }, context).pid;
  };
  const namespace = ownProcess()?.namespace;
  expect(said(undefined)).toBeUndefined();
  expect(said({ pid: 7, namespace: "pid:[1]" })).toBeUndefined();
  if (namespace !== undefined) expect(said({ pid: 7, namespace })).toBe(7);
});
