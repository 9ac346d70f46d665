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

it("takes a client that says more of itself than is known here, and asks no more of anybody else", () => {
  const client = { name: "t", version: "0", later: { of: ["a later release"] } };
  const protocol = { min: 1, max: 1 };
  expect(hello({ protocol, client }, context).result.protocol).toBe(1);
  expect(() => hello({ protocol, client, later: true }, context)).toThrow("is not known here");
});
