import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { METHODS } from "@strongroom/client/protocol";
import type { AuditEntry } from "@strongroom/client/protocol";
import { readKeyfile } from "@strongroom/daemon/src/keys/keyfile.ts";
import { newIdentity, unwrap } from "@strongroom/daemon/src/keys/age.ts";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import { describe, expect, test } from "vitest";
import { addCheapPassphrase } from "../support/cheap-passphrase.ts";
import { connected, throwaway } from "../support/connected.ts";
import { RawClient } from "../support/raw-client.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Ended, Throwaway } from "../support/throwaway.ts";

const CLI = join(ROOT, "packages/cli/bin/strongroom.js");

/** Runs a command where nobody is at a terminal. */
function alone(place: Throwaway, variables: readonly string[], ...args: string[]): Promise<Ended> {
  return place.run("setsid", ["-w", "env", ...variables, process.execPath, CLI, ...args]);
}

describe("a vault that requires a key", { timeout: 180_000 }, () => {
  async function scene(): Promise<{
    readonly place: Throwaway;
    readonly right: string;
    readonly wrong: string;
    readonly key: string;
  }> {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    const file = (name: string, text: string): string => {
      writeFileSync(join(place.home, name), text, { mode: 0o600 });
      return join(place.home, name);
    };
    const [right, wrong] = [file("right", "correct horse\n"), file("wrong", "battery\n")];
    await addCheapPassphrase(place, "correct horse");
    const made = await place.cli(["key", "create", "k", "--allow", "get:a", "--no-expiry"]);
    return { place, right, wrong, key: file("key", made.stdout) };
  }

  test("asks everybody for a key, or the passphrase of a slot, in each command", async () => {
    const { key, place, right, wrong } = await scene();
    expect((await alone(place, [], "key", "require", "on")).status).toBe(9);
    const refused = await place.cli(["key", "require", "on", "--passphrase-file", wrong]);
    expect(refused.status).toBe(11);
    expect((await place.cli(["get", "a"])).stdout).toBe("1");
    const on = await place.cli(["key", "require", "on", "--passphrase-file", right]);
    expect([on.status, on.stdout]).toEqual([0, ""]);
    for (const command of [
      ["get", "a"],
      ["list"],
      ["set", "b"],
      ["delete", "a"],
      ["key", "list"],
      ["rekey"],
    ]) {
      const { status, stdout } = await alone(place, [], ...command);
      expect([command, status, stdout]).toEqual([command, 9, ""]);
    }
    const proved = [`STRONGROOM_PASSPHRASE_FILE=${right}`];
    expect((await alone(place, proved, "get", "a")).stdout).toBe("1");
    expect((await alone(place, proved, "key", "list")).stdout).toContain("get:a");
    const other = await alone(place, [`STRONGROOM_PASSPHRASE_FILE=${wrong}`], "get", "a");
    expect(other.status).toBe(11);
    expect(other.stderr).toContain("next: set STRONGROOM_PASSPHRASE_FILE");
    expect((await alone(place, [`STRONGROOM_API_KEY_FILE=${key}`], "get", "a")).stdout).toBe("1");
    expect((await alone(place, [`STRONGROOM_API_KEY_FILE=${key}`], "list")).status).toBe(4);
    expect((await alone(place, [], "status", "--quiet")).status).toBe(0);
    expect((await alone(place, [], "get", "a")).status).toBe(9);
    expect((await alone(place, [], "key", "require", "off")).status).toBe(9);
    const again = ["key", "require", "off", "--passphrase-file", right];
    expect((await alone(place, [], ...again)).status).toBe(0);
    expect((await alone(place, [], "key", "require", "on", ...again.slice(3))).status).toBe(0);
    expect((await alone(place, proved, "key", "require", "off")).status).toBe(0);
    expect((await alone(place, [], "get", "a")).stdout).toBe("1");
  });

  test("starts and stops without a proof, and shows the doctor what it is proved to", async () => {
    const { key, place, right } = await scene();
    await place.cli(["key", "require", "on", "--passphrase-file", right]);
    expect((await alone(place, [], "daemon", "restart")).status).toBe(0);
    const withKey = [`STRONGROOM_API_KEY_FILE=${key}`];
    expect((await alone(place, withKey, "daemon", "start")).status).toBe(0);
    const doctor = async (variables: readonly string[]): Promise<string> =>
      (await alone(place, variables, "doctor")).stdout;
    expect(await doctor([])).toMatch(/note +audit +it could not be looked at/);
    const proved = [`STRONGROOM_PASSPHRASE_FILE=${right}`];
    expect(await doctor(proved)).toMatch(/ok +audit +\d+ records, whole/);
    expect((await alone(place, [], "unlock", "--passphrase-file", right)).status).toBe(0);
    expect((await alone(place, [], "daemon", "stop")).status).toBe(0);
  });

  test("lets its owner in who has the key of a slot, and no passphrase any more", async () => {
    const { place, right, wrong } = await scene();
    await place.cli(["key", "require", "on", "--passphrase-file", right]);
    const proved = [`STRONGROOM_PASSPHRASE_FILE=${right}`];
    const listed = await alone(place, proved, "slot", "list", "--json");
    const { slots } = JSON.parse(listed.stdout) as {
      readonly slots: readonly { readonly slot: string; readonly type: string }[];
    };
    const { slot = "" } = slots.find(({ type }) => type === "passphrase") ?? {};
    const removed = await alone(place, proved, "slot", "remove", slot, "--yes");
    expect([removed.status, removed.stderr]).toEqual([0, expect.any(String)]);
    const refused = await alone(place, proved, "get", "a");
    expect(refused.status).toBe(4);
    expect(refused.stderr).toContain("strongroom key require off --identity FILE");
    const off = (file: string): Promise<Ended> =>
      alone(place, [], "key", "require", "off", "--identity", file);
    const stranger = join(place.home, "stranger");
    writeFileSync(stranger, await newIdentity());
    expect((await off(stranger)).status).toBe(11);
    expect((await off(wrong)).status).not.toBe(0);
    expect((await off(join(place.home, "missing"))).status).toBe(2);
    expect((await off(join(place.home, "config/keyfile"))).status).toBe(0);
    expect((await alone(place, [], "get", "a")).stdout).toBe("1");
  });

  test("keeps the last slot by which its owner can prove that it is theirs", async () => {
    const { place, right } = await scene();
    const identity = join(place.home, "identity");
    writeFileSync(identity, `${await newIdentity()}\n`, { mode: 0o600 });
    expect((await place.cli(["slot", "add", "command", "--", "/bin/cat", identity])).status).toBe(
      0,
    );
    const proof = ["--passphrase-file", right];
    // Copies of the key file that somebody keeps are of the data key before.
    expect((await place.cli(["rekey"])).stderr).toContain(`keep a new copy of ${place.home}`);
    await place.cli(["key", "require", "on", ...proof]);
    const remove = (type: string): Promise<Ended> =>
      place.cli(["slot", "remove", type, "--yes", ...proof]);
    // A slot whose key file is gone proves nothing.
    const [keyfile, aside] = [join(place.home, "config/keyfile"), join(place.home, "aside")];
    renameSync(keyfile, aside);
    expect((await remove("passphrase")).status).toBe(4);
    renameSync(aside, keyfile);
    expect((await remove("keyfile")).status).toBe(0);
    const { status, stderr } = await remove("passphrase");
    expect([status, stderr]).toEqual([4, expect.stringContaining("strongroom key require off")]);
    expect((await place.cli(["key", "require", "off", ...proof])).status).toBe(0);
    expect((await remove("passphrase")).status).toBe(0);
  });

  test("gives nothing over the socket but what tells nothing, until a slot is proved", async () => {
    const { place, right } = await scene();
    const owner = await connected(place);
    await place.cli(["key", "require", "on", "--passphrase-file", right]);
    await expect(owner.get("a")).rejects.toMatchObject({ code: "DENIED" });
    const raw = await RawClient.greeted(place.record()?.endpoint ?? "");
    const params: { readonly [method: string]: object } = {
      "secret/get": { name: "a" },
      "secret/list": {},
      "vault/batch": { operations: [] },
      "vault/policy": { requireKey: false },
      "vault/read": { names: ["a"] },
      "vault/unlock": { autolock: {} },
    };
    const unserved = ["hello", "daemon/stop", "vault/lock", "session/authenticate"];
    const open: string[] = [];
    for (const method of Object.keys(METHODS).filter((each) => !unserved.includes(each))) {
      if ((await raw.call(method, params[method] ?? {})).error === undefined) open.push(method);
    }
    expect(open).toEqual(["session/jwks", "session/own", "vault/status"]);

    const asked = await raw.call("session/own", {});
    expect(asked.result).toMatchObject({ required: true, types: ["keyfile", "passphrase"] });
    const wrong = await raw.call("session/own", { answer: "0".repeat(43) });
    expect(wrong.error?.data.code).toBe("WRONG_KEY");
    expect((await raw.call("secret/get", { name: "a" })).error?.data.code).toBe("DENIED");
    const path = join(place.home, "config/keyfile");
    const { identity = "" } = (await readKeyfile(new NodeDisk(), path)) ?? {};
    const sealed = Buffer.from(String(asked.result?.["challenge"]), "base64");
    const answer = Buffer.from(await unwrap(sealed, identity, "challenge")).toString();
    const proved = await raw.call("session/own", { answer });
    expect(proved.result).toMatchObject({ required: true, forMs: 900_000 });
    expect((await raw.call("secret/get", { name: "a" })).result?.["value"]).toBe("1");
    expect((await raw.call("vault/unlock", { autolock: {} })).error).toBeUndefined();
    const refusals = async (): Promise<unknown> => {
      const { result } = await raw.call("audit/list", {});
      const entries = result?.["entries"] as readonly AuditEntry[];
      return entries
        .filter(({ operation }) => ["session/own", "vault/unlock"].includes(operation))
        .filter(({ outcome }) => outcome === "refused")
        .map(({ actor, operation, reason }) => [actor, operation, reason]);
    };
    await expect.poll(refusals, { timeout: 5000 }).toEqual([
      ["owner", "vault/unlock", "DENIED"],
      ["owner", "session/own", "WRONG_KEY"],
    ]);
    // It is that connection which has proved it, and no other.
    const other = await RawClient.greeted(place.record()?.endpoint ?? "");
    expect((await other.call("secret/get", { name: "a" })).error?.data.code).toBe("DENIED");
    expect((await raw.call("session/authenticate", { token: "" })).error?.data.code).toBe("DENIED");
    expect((await raw.call("secret/get", { name: "a" })).error?.data.code).toBe("DENIED");
    expect((await raw.call("session/own", { answer })).error?.data.code).toBe("DENIED");
  });

  test("lets nobody say when it locks itself by locking it first, nor with a passphrase of nothing", async () => {
    const { place, right } = await scene();
    await place.cli(["key", "require", "on", "--passphrase-file", right]);
    const chosen = join(place.home, "state/autolock.json");
    const keyfile = join(place.home, "config/keyfile");
    const unlocked = async (params: object): Promise<string> => {
      const raw = await RawClient.greeted(place.record()?.endpoint ?? "");
      expect((await raw.call("vault/lock", {})).result?.["state"]).toBe("locked");
      const answer = await raw.call("vault/unlock", params);
      return answer.error?.data.code ?? "resolved";
    };
    // The key file opens it, whatever the passphrase is.
    expect(await unlocked({ autolock: {} })).toBe("DENIED");
    expect(existsSync(chosen)).toBe(false);
    expect(await unlocked({ autolock: {}, passphrase: "battery" })).toBe("WRONG_KEY");
    expect(existsSync(chosen)).toBe(false);
    expect(await unlocked({ autolock: { idleMs: 600_000 }, passphrase: "correct horse" })).toBe(
      "resolved",
    );
    expect(readFileSync(chosen, "utf8")).toContain("600000");
    // Of a vault that is open an identity proves no more than a passphrase, and no less.
    const [own = ""] = /^AGE-SECRET-KEY-1\w+$/m.exec(readFileSync(keyfile, "utf8")) ?? [];
    const raw = await RawClient.greeted(place.record()?.endpoint ?? "");
    for (const [identity, code] of [
      [await newIdentity(), "WRONG_KEY"],
      [own, undefined],
    ] as const) {
      const answer = await raw.call("vault/unlock", { autolock: {}, identity });
      expect(answer.error?.data.code).toBe(code);
      expect(readFileSync(chosen, "utf8").includes("600000")).toBe(code !== undefined);
    }
    // One that is given is looked at, also where the key file would do.
    const wrong = join(place.home, "wrong");
    writeFileSync(wrong, "battery\n", { mode: 0o600 });
    const mistaken = ["--idle", "7m", "--passphrase-file", wrong];
    expect((await alone(place, [], "unlock", ...mistaken)).status).toBe(11);
    expect(readFileSync(chosen, "utf8")).not.toContain("420000");
    // By hand it is one command, whether the vault is open or not.
    for (const [idle, ms] of [
      ["6m", "360000"],
      ["10m", "600000"],
    ] as const) {
      const args = ["--idle", idle, "--passphrase-file", right];
      expect((await alone(place, [], "unlock", ...args)).status).toBe(0);
      expect(readFileSync(chosen, "utf8")).toContain(ms);
      await place.cli(["lock"]);
    }
    expect((await place.cli(["unlock"])).status).toBe(0);
    renameSync(keyfile, join(place.home, "keyfile"));
    expect(await unlocked({ autolock: {}, passphrase: "battery" })).toBe("WRONG_KEY");
    expect(readFileSync(chosen, "utf8")).toContain("600000");
    expect(await unlocked({ autolock: {}, passphrase: "correct horse" })).toBe("resolved");
    expect(readFileSync(chosen, "utf8")).not.toContain("600000");
    for (const state of ["open", "locked"]) {
      if (state === "locked") await place.cli(["lock"]);
      const args = ["--idle", "6m", "--passphrase-file"];
      expect([state, (await alone(place, [], "unlock", ...args, wrong)).status]).toEqual([
        state,
        11,
      ]);
      expect([state, (await alone(place, [], "unlock", ...args, right)).status]).toEqual([
        state,
        0,
      ]);
    }
  });
});
