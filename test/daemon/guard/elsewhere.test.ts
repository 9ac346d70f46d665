import { once } from "node:events";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootId, formatRecord, StrongroomError } from "@strongroom/client/protocol";
import { lookElsewhere } from "@strongroom/daemon/src/guard/elsewhere.ts";
import { tryFallback } from "@strongroom/daemon/src/guard/lock.ts";
import { pidNamespace } from "@strongroom/daemon/src/guard/process-identity.ts";
import { hasSqlite } from "@strongroom/daemon/src/guard/sqlite-lock.ts";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

const ELSEWHERE = "pid:[1]";
let vault: string;
let endpoint: string;

beforeEach(() => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "sr-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vault = join(folder, "vault");
  endpoint = join(folder, "x.sock");
  mkdirSync(vault);
});

function leave(changes: object = {}): void {
  const where = { pid: 17, startTime: "1", bootId: bootId(), namespace: ELSEWHERE };
  const served = { version: "0", protocol: 1, endpoint, epoch: null };
  writeFileSync(join(vault, "daemon.pid"), formatRecord({ ...where, ...served, ...changes }));
}

/** A socket, and whether somebody listens at it still. */
async function socketAt(path: string, listens: boolean): Promise<void> {
  const server = createServer().listen(`${path}.new`);
  await once(server, "listening");
  renameSync(`${path}.new`, path);
  if (listens) onTestFinished(() => void server.close());
  else server.close();
}

describe.skipIf(bootId() === null || pidNamespace() === null)("lookElsewhere", () => {
  it("has nothing to say without a record, or of one whose process can be looked for", async () => {
    expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
    for (const changes of [{ namespace: pidNamespace() }, { namespace: null }, { bootId: "b" }]) {
      leave(changes);
      expect(await lookElsewhere(vault)).toEqual({ kind: "none" });
    }
  });

  it("takes one that listens for alive, and one whose socket nobody has for gone", async () => {
    leave();
    await socketAt(endpoint, true);
    expect(await lookElsewhere(vault)).toEqual({ kind: "alive" });
    await socketAt(endpoint, false);
    const owner = { pid: 17, namespace: ELSEWHERE };
    expect(await lookElsewhere(vault)).toEqual({ kind: "gone", owner });
  });

  it("judges none whose socket is not to be seen, and says what goes on from there", async () => {
    leave();
    const refused: unknown = await lookElsewhere(vault).catch((error: unknown) => error);
    if (!(refused instanceof StrongroomError)) throw new Error("it was judged");
    expect([refused.code, refused.message]).toEqual([
      "UNAVAILABLE",
      expect.stringContaining("process 17 of another container"),
    ]);
    expect(refused.hint).toContain(`rm -f ${vault}/daemon.pid ${vault}/.lock.0*`);
  });

  it.skipIf(hasSqlite())(
    "passes the generations of a dead container on, and of no other",
    async () => {
      const owner = { pid: 17, startTime: "1", bootId: bootId(), namespace: ELSEWHERE, host: "h" };
      const head = join(vault, ".lock.000000000001");
      writeFileSync(head, JSON.stringify(owner));
      leave();
      await socketAt(endpoint, false);
      expect(await tryFallback(vault)).toMatchObject({ kind: "generations" });
      rmSync(join(vault, ".lock.000000000002"));
      writeFileSync(head, JSON.stringify({ ...owner, pid: 18 }));
      await expect(tryFallback(vault)).rejects.toThrow(/process 18 on h/u);
      await socketAt(endpoint, true);
      expect(await tryFallback(vault)).toBe("held");
    },
  );
});
