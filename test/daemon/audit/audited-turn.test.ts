import { describe, expect, it } from "vitest";
import { AuditedTurn } from "@strongroom/daemon/src/audit/audited-turn.ts";
import { pageOf } from "@strongroom/daemon/src/audit/listing.ts";
import { Recorder } from "@strongroom/daemon/src/audit/recorder.ts";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Params, Result } from "@strongroom/client/protocol";
import type { Caller, TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import { MemoryLog } from "../../support/memory-log.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

/** No segment is sealed here. */
const unsealed = async (): Promise<{ readonly path: string }> => ({ path: "" });

/** A vault whose every request is recorded, with the recorder's second in the test's hand. */
class Recorded {
  readonly vault: TestVault;
  readonly turn: AuditedTurn;
  #second: () => void = () => {};

  constructor(vault = new TestVault(), lost = 0) {
    this.vault = vault;
    const { clock, engine, state } = vault;
    const recorder = new Recorder({
      clock,
      lost,
      timers: {
        soon: setImmediate,
        after: () => () => {},
        every: (_ms, callback) => {
          this.#second = callback;
          return () => {};
        },
      },
      record: (events) => engine.record(events),
    });
    this.turn = new AuditedTurn({ turn: engine, trail: state.audit, recorder, clock });
  }

  call<M extends TurnMethod>(
    method: M,
    params: Params<M>,
    caller: Partial<Caller> = {},
  ): Promise<Result<M>> {
    const actor = caller.key === undefined ? "owner" : `key:${caller.key}`;
    return this.turn.execute(method, params, {
      actor,
      signal: new AbortController().signal,
      ...caller,
    });
  }

  /** A second is over, and what waited for it is durable. */
  async second(): Promise<void> {
    this.#second();
    // Behind it in the queue.
    await this.vault.call("vault/verify", {});
  }

  async told(): Promise<readonly string[]> {
    const { entries } = await pageOf(this.vault.state.audit, unsealed, {
      after: 0,
      limit: 1000,
      matches: () => true,
    });
    return entries.map(({ actor, count = 1, name = "", operation, reason = "ok" }) =>
      [actor, operation, name, reason, count === 1 ? "" : `x${count}`].join(" ").trim(),
    );
  }

  async key(allow: string): Promise<string> {
    const { id } = await this.call("key/create", { name: "k", allow: [allow], noExpiry: true });
    return id;
  }
}

describe("a read of an API key", () => {
  it("is recorded, durably, before it is answered", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    const key = await recorded.key("get:**");
    const frames = recorded.vault.log.frames.length;
    recorded.vault.log.hold();
    let answered = false;
    const reading = recorded.call("secret/get", { name: "a" }, { key }).then((result) => {
      answered = true;
      return result;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    recorded.vault.log.release();
    expect((await reading).value).toBe("v");
    expect(recorded.vault.log.frames.length).toBe(frames + 1);
    expect((await recorded.told()).at(-1)).toBe(`key:${key} get a ok`);
  });

  it("is not answered where it cannot be recorded, and says why", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    const key = await recorded.key("get:**");
    recorded.vault.log.failure = { code: "DISK_FULL", kept: false };
    const refused = await recorded.call("secret/get", { name: "a" }, { key }).catch(String);
    expect(refused).toContain("the read cannot be recorded, and so is not answered");
    expect((await recorded.call("secret/get", { name: "a" })).value).toBe("v");
  });

  it("of several names is several records in one frame", async () => {
    const recorded = new Recorded();
    const key = await recorded.key("get,list,history:**");
    const frames = recorded.vault.log.frames.length;
    await recorded.vault.set("b", "v");
    await recorded.call("vault/read", { names: ["a", "b"] }, { key });
    expect(recorded.vault.log.frames.length).toBe(frames + 2);
    await recorded.call("secret/list", { pattern: "a*" }, { key });
    await recorded.call("secret/list", {}, { key });
    expect((await recorded.told()).slice(2)).toEqual([
      `key:${key} get a NOT_FOUND`,
      `key:${key} get b ok`,
      `key:${key} list a* ok`,
      `key:${key} list ** ok`,
    ]);
  });

  it("is the key's, and strict, whatever its connection presents while it is answered", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    const id = await recorded.key("get:a");
    await recorded.call("audit/policy", { owner: "off" });
    for (const name of ["a", "b"]) {
      let key: string | undefined = id;
      const caller = {
        signal: new AbortController().signal,
        get key() {
          return key;
        },
        get actor() {
          return key === undefined ? "owner" : `key:${key}`;
        },
      };
      const reading = codeOf(recorded.turn.execute("secret/get", { name }, caller));
      key = undefined;
      expect(await reading).toBe(name === "a" ? "resolved" : "DENIED");
    }
    await recorded.second();
    expect((await recorded.told()).slice(3)).toEqual([
      `key:${id} get a ok`,
      `key:${id} get b DENIED`,
    ]);
  });

  it("whose name has no end takes little room, and hides nothing that happened beside it", async () => {
    const recorded = new Recorded();
    const key = await recorded.key("get:a/**");
    for (let asked = 0; asked < 5; asked += 1) {
      const name = `${asked}${"\u0001".repeat(1_900_000)}`;
      await codeOf(recorded.call("secret/get", { name }, { key }));
      await recorded.call("vault/read", { names: [`a/${name}`] }, { key });
    }
    await codeOf(recorded.call("secret/get", { name: "b" }, { key }));
    await recorded.second();
    expect(await recorded.told()).toHaveLength(12);
    expect((await recorded.told()).at(-1)).toBe(`key:${key} get b DENIED`);
    expect(recorded.vault.state.audit.tailBytes).toBeLessThan(16_384);
  });

  it("is told as answered only of those names that it was given", async () => {
    const recorded = new Recorded();
    for (const name of ["a/1", "b"]) await recorded.vault.set(name, "v");
    const key = await recorded.key("get:a/**");
    for (const keys of ["strict", "lazy"] as const) {
      await recorded.call("audit/policy", { keys });
      await recorded.call("vault/read", { names: ["a/1", "a/2", "b"] }, { key });
      await recorded.second();
      const told = (await recorded.told()).slice(-3);
      expect(told.toSorted()).toEqual([
        `key:${key} get a/1 ok`,
        `key:${key} get a/2 NOT_FOUND`,
        `key:${key} get b NOT_FOUND`,
      ]);
    }
  });

  it("that is refused at will fills no disk: beyond a hundred a second names are not told", async () => {
    const recorded = new Recorded();
    const key = await recorded.key("get:a/**");
    const rate = { count: 1, perMs: 86_400_000 };
    for (let asked = 0; asked < 150; asked += 1) {
      await codeOf(recorded.call("secret/get", { name: `b${asked}` }, { key }));
    }
    await recorded.second();
    const told = (await recorded.told()).slice(1);
    expect(told.length).toBe(101);
    expect(told.at(-1)).toBe(`key:${key} get  DENIED x50`);
    await recorded.call("key/update", { key: "k", rate });
    for (const name of ["a/1", "a/2", "a/3"]) {
      await codeOf(recorded.call("secret/get", { name }, { key }));
    }
    await recorded.second();
    const limited = (await recorded.told()).filter((line) => line.includes("RATE_LIMITED"));
    expect(limited).toHaveLength(1);
    expect(limited[0]).toMatch(/^key:\w+ get {2}RATE_LIMITED/);
  });

  it("that is refused is recorded within a second, like ones together", async () => {
    const recorded = new Recorded();
    const key = await recorded.key("get:a/**");
    for (let time = 0; time < 3; time += 1) {
      expect(await codeOf(recorded.call("secret/get", { name: "b" }, { key }))).toBe("DENIED");
    }
    expect(await codeOf(recorded.call("secret/get", { name: "a/b" }, { key }))).toBe("NOT_FOUND");
    expect(await recorded.told()).toHaveLength(1);
    await recorded.second();
    expect((await recorded.told()).slice(1)).toEqual([
      `key:${key} get b DENIED x3`,
      `key:${key} get a/b NOT_FOUND`,
    ]);
  });
});

describe("a read of the owner", () => {
  it("is answered at once and recorded within a second, like ones together", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    const frames = recorded.vault.log.frames.length;
    for (let time = 0; time < 5; time += 1) await recorded.call("secret/get", { name: "a" });
    expect(recorded.vault.log.frames.length).toBe(frames);
    await recorded.second();
    expect((await recorded.told()).slice(1)).toEqual(["owner get a ok x5"]);
  });

  it("is recorded as the policy says", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    await recorded.call("audit/policy", { owner: "strict" });
    await recorded.call("secret/get", { name: "a" });
    expect((await recorded.told()).slice(1)).toEqual(["owner audit/policy  ok", "owner get a ok"]);
    await recorded.call("audit/policy", { owner: "off" });
    await recorded.call("secret/get", { name: "a" });
    await recorded.second();
    expect((await recorded.told()).slice(3)).toEqual(["owner audit/policy  ok"]);
  });

  it("records who watches when they hear something", async () => {
    const recorded = new Recorded();
    await recorded.call("audit/policy", { owner: "strict" });
    const { cursor } = await recorded.call("watch/start", { pattern: "a*" });
    await recorded.call("watch/start", { pattern: "a*", cursor, wait: 0 });
    await recorded.call("secret/set", { name: "a", value: "1" });
    await recorded.call("watch/start", { pattern: "a*", cursor, wait: 0 });
    const watched = (await recorded.told()).filter((each) => each.includes("watch"));
    expect(watched).toHaveLength(2);
  });

  it("is told apart by what the program calls itself", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    for (const client of ["one", "other"]) {
      const who = { actor: "owner", client };
      await recorded.call("secret/get", { name: "a" }, { who });
      await recorded.call("secret/set", { name: client, value: "v" }, { who });
    }
    await recorded.second();
    const all = { after: 0, limit: 10, matches: () => true };
    const { entries } = await pageOf(recorded.vault.state.audit, unsealed, all);
    expect(entries.map(({ client, name }) => `${client} ${name}`)).toEqual([
      "undefined a",
      "one one",
      "other other",
      "one a",
      "other a",
    ]);
  });
});

describe("what is done with the vault as a whole", () => {
  it("is recorded before it is answered, and changes of keys by their method", async () => {
    const recorded = new Recorded();
    const key = await recorded.key("get:**");
    await recorded.call("key/update", { key: "k", deny: ["get:x"] });
    await recorded.call("vault/backup", {});
    await recorded.call("key/revoke", { key: "k" });
    expect(await recorded.told()).toEqual([
      `owner key/create key:${key} ok`,
      `owner key/update key:${key} ok`,
      "owner vault/backup  ok",
      `owner key/revoke key:${key} ok`,
    ]);
  });

  it("is not made known by what a quota counts", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    const quota = { name: "k", allow: ["*:**"], noExpiry: true, quota: 50 } as const;
    const { id: key } = await recorded.call("key/create", quota);
    await recorded.call("secret/get", { name: "a" }, { key });
    await recorded.call("secret/set", { name: "b", value: "v" }, { key });
    expect((await recorded.told()).slice(2)).toEqual([
      `key:${key} get a ok`,
      `key:${key} set b ok`,
    ]);
  });
});

describe("who tries to prove a slot", () => {
  it("is recorded where it is none, and so is what is refused beside the turn", async () => {
    const vault = new TestVault();
    const wrong = new StrongroomError("WRONG_KEY", "no", { hint: "none" });
    vault.services.proof = {
      ...vault.services.proof,
      passphrase: () => Promise.reject(wrong),
    };
    const recorded = new Recorded(vault);
    for (const passphrase of ["a", "b"]) {
      expect(await codeOf(recorded.call("session/own", { passphrase }))).toBe("WRONG_KEY");
    }
    const caller = { actor: "owner", signal: new AbortController().signal };
    recorded.turn.refused("vault/unlock", caller, "WRONG_KEY");
    recorded.turn.refused("vault/unlock", caller, "LOCKED");
    recorded.turn.refused("vault/lock", { ...caller, actor: "unknown" });
    await recorded.second();
    expect(await recorded.told()).toEqual([
      "unknown authenticate  DENIED",
      "owner session/own  WRONG_KEY x2",
      "owner vault/unlock  WRONG_KEY",
    ]);
  });
});

describe("what a key asks of the owner's", () => {
  it("is recorded as refused, whatever it was", async () => {
    const recorded = new Recorded();
    const key = await recorded.key("*:**");
    await codeOf(recorded.call("audit/list", {}, { key }));
    await codeOf(recorded.call("key/show", { key: "k" }, { key }));
    await codeOf(recorded.call("slot/list", {}, { key }));
    await codeOf(recorded.call("daemon/stop", {}, { key }));
    const signal = new AbortController().signal;
    recorded.turn.refused("vault/lock", { key, actor: `key:${key}`, signal });
    await recorded.second();
    expect((await recorded.told()).slice(1)).toEqual([
      `key:${key} audit/list  DENIED`,
      `key:${key} key/show k DENIED`,
      `key:${key} slot/list  DENIED`,
      `key:${key} daemon/stop  DENIED`,
      `key:${key} vault/lock  DENIED`,
    ]);
  });
});

describe("requests without a valid credential", () => {
  it("are counted, in one record a second", async () => {
    const recorded = new Recorded();
    const token = `srm_${"a".repeat(10)}_${"b".repeat(43)}_${"c".repeat(6)}`;
    for (let time = 0; time < 4; time += 1) {
      expect(await codeOf(recorded.call("session/authenticate", { token }))).toBe("DENIED");
    }
    recorded.turn.refused();
    await recorded.second();
    expect(await recorded.told()).toEqual(["unknown authenticate  DENIED x5"]);
  });
});

describe("a daemon that ends", () => {
  it("records what waited for the next second", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    await recorded.call("secret/get", { name: "a" });
    await recorded.turn.drain();
    expect((await recorded.told()).slice(1)).toEqual(["owner get a ok"]);
  });

  it("leaves to the next how much it could not record at its end", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    await recorded.call("secret/get", { name: "a" });
    recorded.vault.log.failure = { code: "DISK_FULL", kept: false };
    await recorded.second();
    await recorded.call("secret/get", { name: "a" });
    await recorded.turn.drain();
    expect(recorded.turn.lost).toBe(2);
    const next = new Recorded(recorded.vault.reopened(), recorded.turn.lost);
    await next.second();
    expect((await next.told()).slice(1)).toEqual(["strongroom audit/lost  ok x2"]);
    expect(next.turn.lost).toBe(0);
  });

  it("tells afterwards how much it could not record", async () => {
    const recorded = new Recorded();
    await recorded.vault.set("a", "v");
    await recorded.call("secret/get", { name: "a" });
    await recorded.call("secret/get", { name: "a" });
    recorded.vault.log.failure = { code: "DISK_FULL", kept: false };
    await recorded.second();
    recorded.vault.log.failure = undefined;
    await recorded.second();
    expect((await recorded.told()).slice(1)).toEqual(["strongroom audit/lost  ok x2"]);
  });

  it("that is killed finds in its frames again what it recorded", async () => {
    const recorded = new Recorded(new TestVault(new MemoryLog()));
    await recorded.vault.set("a", "v");
    const key = await recorded.key("get:**");
    await recorded.call("secret/get", { name: "a" }, { key });
    const again = new Recorded(recorded.vault.reopened());
    expect(await again.told()).toEqual(await recorded.told());
  });
});
