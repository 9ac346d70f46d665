import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StrongroomError } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { copyFolder } from "../support/copy-folder.ts";
import { connected, throwaway } from "../support/connected.ts";
import { startCrowd } from "../support/oauth/crowd.ts";
import { expire, putExpired } from "../support/oauth/granted.ts";
import { startRigProcess } from "../support/oauth/rig-handle.ts";
import { startRig } from "../support/oauth/rig.ts";
import type { LocalRig, Rig } from "../support/oauth/rig.ts";
import { seededRandom } from "../support/random.ts";
import { COUNTED_MS, printCount, size } from "../support/size.ts";
import type { Throwaway } from "../support/throwaway.ts";

const FLIGHT = /flight [0-9a-f]{16}/;

async function rigged(): Promise<LocalRig> {
  const rig = await startRig();
  onTestFinished(() => rig.close());
  return rig;
}

async function rigProcess(): Promise<Rig> {
  const rig = await startRigProcess();
  onTestFinished(() => rig.close());
  return rig;
}

/** A token, or the refusal. */
async function tokenOrRefusal(client: Client, name: string): Promise<StrongroomError | string> {
  try {
    return (await client.token(name, { timeout: "60s" })).accessToken;
  } catch (error) {
    if (error instanceof StrongroomError) return error;
    throw error;
  }
}

describe("a real authorization server that ends a grant whose refresh token comes twice", () => {
  test(
    "sees one redemption a round, whoever and how many ask at a time",
    { timeout: COUNTED_MS },
    async () => {
      const place = throwaway();
      const owner = await connected(place);
      const rig = await rigProcess();
      const grant = await rig.grant("alice");
      await putExpired(owner, "mcp/a", grant);
      const crowd = await startCrowd(place.env, size(8, 32));
      const rounds = size(2, 100);
      const seen = new Set<string>();
      for (let round = 0; round < rounds; round += 1) {
        const before = await rig.counts();
        const got = await crowd.ask("mcp/a");
        expect(new Set(got).size).toBe(1);
        expect(got[0]).not.toContain(" ");
        seen.add(got[0] ?? "");
        const { redemptions, reuse } = await rig.counts();
        expect([redemptions - before.redemptions, reuse]).toEqual([1, 0]);
        await expire(owner, "mcp/a", grant);
      }
      expect(seen.size).toBe(rounds);
      expect((await rig.counts()).mostOfOne).toBe(1);
      printCount("rounds of tokens for all at once", rounds, 100);
    },
  );

  test(
    "sees no refresh token more than twice where its answers are lost",
    { timeout: COUNTED_MS },
    async () => {
      const place = throwaway();
      const owner = await connected(place);
      const rig = await rigProcess();
      const rounds = size(2, 100);
      for (let round = 0; round < rounds; round += 1) {
        const name = `mcp/${round}`;
        await putExpired(owner, name, await rig.grant("alice"));
        // Once, so that the second is answered; or for as long as there is anything to lose.
        const times = round % 2 === 0 ? { times: 1 } : {};
        const before = await rig.counts();
        await rig.fault({ kind: "drop-after", ...times });
        const asked = Array.from({ length: 5 }, () => tokenOrRefusal(owner, name));
        for (const refusal of [...(await Promise.all(asked)), await tokenOrRefusal(owner, name)]) {
          expect(refusal).toMatchObject({
            code: "REAUTHORIZE",
            message: expect.stringMatching(FLIGHT),
          });
        }
        await rig.fault();
        await tokenOrRefusal(owner, name);
        const after = await rig.counts();
        expect(after.presentations - before.presentations).toBe(2);
        expect(after.mostOfOne).toBe(2);
      }
      printCount("rounds in which the answer was lost", rounds, 100);
    },
  );

  test("is not waited for by another one that waits for it", { timeout: 60_000 }, async () => {
    const place = throwaway();
    const owner = await connected(place);
    const rigs = [await rigged(), await rigged()];
    let arrived = 0;
    let meet: () => void = () => {};
    const met = new Promise<void>((resolve) => {
      meet = resolve;
    });
    for (const [number, rig] of rigs.entries()) {
      await putExpired(owner, `mcp/${number}`, await rig.grant("alice"));
      rig.hold(() => {
        arrived += 1;
        if (arrived === rigs.length) meet();
        return met;
      });
    }
    const got = await Promise.all(rigs.map((_, number) => tokenOrRefusal(owner, `mcp/${number}`)));
    expect(got.map((each) => typeof each)).toEqual(["string", "string"]);
  });
});

/** What ends a daemon, or takes its keys away. */
const ENDINGS: readonly ((place: Throwaway, owner: Client) => Promise<unknown>)[] = [
  async (place) => process.kill(place.record()?.pid ?? 0, "SIGKILL"),
  async (place, owner) => {
    const pid = place.record()?.pid;
    await owner.stop({ timeout: "60s" });
    while (place.record()?.pid === pid) await pause(10);
  },
  async (_place, owner) => {
    await owner.call("vault/lock", {}, { timeout: "60s" });
    await owner.call("vault/unlock", {}, { timeout: "60s" });
  },
];

async function comesBack(owner: Client, name: string): Promise<StrongroomError | string> {
  for (let tries = 0; ; tries += 1) {
    const got = await tokenOrRefusal(owner, name);
    if (typeof got === "string" || got.code === "REAUTHORIZE" || tries === 100) return got;
    if (got.code === "LOCKED") await owner.call("vault/unlock", {}, { timeout: "60s" });
    await pause(50);
  }
}

test(
  "whenever its daemon is killed, stopped or locked, a credential works or says which flight ended it",
  { timeout: COUNTED_MS * 2 },
  async () => {
    const place = throwaway();
    const owner = await connected(place, { timeout: "60s" });
    const rig = await rigged();
    const random = seededRandom(5);
    const runs = size(4, 300);
    let works = 0;
    for (let run = 0; run < runs; run += 1) {
      const name = `mcp/${run}`;
      const grant = await rig.grant("alice");
      await putExpired(owner, name, grant);
      const end = ENDINGS[run % ENDINGS.length] ?? (() => Promise.resolve());
      let strike: () => void = () => {};
      const ended = new Promise<unknown>((resolve) => {
        strike = () => resolve(end(place, owner).catch(() => undefined));
      });
      const other = await connected(place);
      // At the moment that the server has the token, when its answer is on the way, or at any other.
      const isAnswered = run % (2 * ENDINGS.length) === 0;
      const isAtServer = isAnswered || random() < 0.4;
      if (isAnswered) await rig.fault({ kind: "hang-after", times: 1 });
      rig.hold(async () => {
        if (isAnswered) setTimeout(strike, 100);
        else if (isAtServer) strike();
        await pause(isAtServer && !isAnswered ? random() * 20 : 0);
      });
      const asked = tokenOrRefusal(other, name);
      if (!isAtServer) setTimeout(strike, random() * 40);
      await asked;
      if (isAtServer) await Promise.race([ended, pause(2000)]);
      else await ended;
      rig.hold(() => Promise.resolve());
      await rig.fault();
      const got = await comesBack(owner, name);
      if (typeof got === "string") {
        works += 1;
        await expire(owner, name, grant);
        expect(await comesBack(owner, name)).toEqual(expect.any(String));
      } else {
        expect([got.code, got.message]).toEqual(["REAUTHORIZE", expect.stringMatching(FLIGHT)]);
        // Whoever ends in order loses none.
        expect(run % ENDINGS.length).toBe(0);
      }
      expect((await rig.counts()).mostOfOne).toBeLessThanOrEqual(2);
      other.close();
    }
    printCount(`runs whose daemon ended in a flight (${works} worked on)`, runs, 300);
    expect(works).toBeGreaterThan(0);
    // Where the answer was lost with the process, nobody can know.
    expect(works).toBeLessThan(runs);
  },
);

describe("what ends a daemon while its server thinks", () => {
  /** A token is asked for, and has been presented; `answer` lets the server answer. */
  async function inFlight(): Promise<{
    readonly place: Throwaway;
    readonly owner: Client;
    readonly rig: LocalRig;
    readonly asked: Promise<StrongroomError | string>;
    readonly answer: () => void;
  }> {
    const place = throwaway();
    const owner = await connected(place, { timeout: "60s" });
    const rig = await rigged();
    await putExpired(owner, "mcp/a", await rig.grant("alice"));
    let answer: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const presented = new Promise<void>((resolve) => {
      rig.hold(() => {
        resolve();
        return released;
      });
    });
    const waiting = await connected(place);
    const asked = tokenOrRefusal(waiting, "mcp/a");
    await presented;
    return { place, owner, rig, asked, answer };
  }

  test("waits for it, and answers whoever waits", { timeout: 60_000 }, async () => {
    const { answer, asked, owner, place, rig } = await inFlight();
    const pid = place.record()?.pid;
    await owner.stop();
    // Longer than clients get for their last replies.
    await pause(3000);
    expect(place.record()?.pid).toBe(pid);
    answer();
    const got = await asked;
    expect(got).toEqual(expect.any(String));
    while (place.record()?.pid === pid) await pause(10);
    // The end of its connection is heard in a turn of its own.
    await pause(50);
    expect(await tokenOrRefusal(owner, "mcp/a")).toBe(got);
    expect(await rig.counts()).toMatchObject({ redemptions: 1, mostOfOne: 1 });
  });

  test("and locks it, gives nobody the token, and loses none", { timeout: 60_000 }, async () => {
    const { answer, asked, owner, rig } = await inFlight();
    const locked = owner.call("vault/lock", {});
    await pause(500);
    answer();
    expect(await asked).toMatchObject({ code: "LOCKED" });
    expect(await locked).toMatchObject({ state: "locked" });
    expect(await tokenOrRefusal(owner, "mcp/a")).toMatchObject({ code: "LOCKED" });
    await owner.call("vault/unlock", {});
    expect(await tokenOrRefusal(owner, "mcp/a")).toEqual(expect.any(String));
    expect(await rig.counts()).toMatchObject({ redemptions: 1, mostOfOne: 1 });
  });

  test(
    "is no longer waited for than 10 s; then there is one more attempt",
    { timeout: 60_000 },
    async () => {
      const { asked, owner, place, rig } = await inFlight();
      const pid = place.record()?.pid;
      const began = performance.now();
      await owner.stop();
      while (place.record()?.pid === pid) await pause(10);
      expect(performance.now() - began).toBeLessThan(15_000);
      rig.hold(() => Promise.resolve());
      await asked;
      expect(await tokenOrRefusal(owner, "mcp/a")).toEqual(expect.any(String));
      expect((await rig.counts()).mostOfOne).toBe(2);
    },
  );

  test(
    "does not when the vault is given a new data key meanwhile",
    { timeout: 60_000 },
    async () => {
      const { answer, asked, owner } = await inFlight();
      await owner.call("vault/rekey", {});
      await owner.call("vault/compact", {});
      answer();
      const got = await asked;
      expect(got).toEqual(expect.any(String));
      await owner.stop();
      await pause(200);
      expect(await tokenOrRefusal(owner, "mcp/a")).toBe(got);
    },
  );
});

test(
  "an older copy of a vault, opened without its mark, presents no refresh token",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const owner = await connected(place);
    const rig = await rigged();
    await putExpired(owner, "mcp/a", await rig.grant("alice"));
    await place.cli(["daemon", "stop"]);
    const [vault, copy] = [join(place.home, "vault"), join(place.home, "copy")];
    copyFolder(vault, copy);
    expect(await tokenOrRefusal(owner, "mcp/a")).toEqual(expect.any(String));
    await place.cli(["daemon", "stop"]);
    rmSync(vault, { recursive: true });
    copyFolder(copy, vault);
    expect(await tokenOrRefusal(owner, "mcp/a")).toMatchObject({ code: "ROLLED_BACK" });
    await place.cli(["daemon", "stop"]);
    for (const name of readdirSync(join(place.home, "state"))) {
      if (name.endsWith(".mark")) rmSync(join(place.home, "state", name));
    }
    expect(await tokenOrRefusal(owner, "mcp/a")).toMatchObject({
      code: "REAUTHORIZE",
      hint: expect.stringContaining("strongroom oauth adopt") as string,
    });
    expect(await rig.counts()).toMatchObject({ mostOfOne: 1, redemptions: 1, reuse: 0 });
    await place.cli(["daemon", "stop"]);
    // It stays so, though there is a mark again.
    expect(await tokenOrRefusal(owner, "mcp/a")).toMatchObject({ code: "REAUTHORIZE" });
  },
);
