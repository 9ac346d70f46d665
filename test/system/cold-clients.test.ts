import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { throwaway } from "../support/connected.ts";

it("gives twenty cold command lines one daemon, and each its answer", async () => {
  const place = throwaway();
  const names = Array.from({ length: 20 }, (_, at) => `herd/${at}`);
  const outcomes = await Promise.all(names.map((name) => place.cli(["set", name], name)));
  expect(outcomes.filter(({ status }) => status !== 0)).toEqual([]);
  const { stdout } = await place.cli(["list", "herd/*"]);
  expect(stdout.trimEnd().split("\n").toSorted()).toEqual(names.toSorted());
  const log = readFileSync(join(place.home, "log/strongroomd.log"), "utf8").trimEnd().split("\n");
  const events = log.map((line) => JSON.parse(line) as { pid: number; event: string });
  const owners = events.filter(({ event }) => event === "start").map(({ pid }) => pid);
  expect(owners).toEqual([place.record()?.pid]);
  const starts = readFileSync(join(place.home, "log/start.log"), "utf8").match(/already running/g);
  expect(starts?.length ?? 0).toBeLessThanOrEqual(4);
  // A claim is good for two seconds; a loaded machine takes a few of them to start one daemon.
  const claims = readdirSync(join(place.home, "run")).filter((name) => name.startsWith("spawn."));
  expect(claims.length).toBeLessThanOrEqual(5);
});
