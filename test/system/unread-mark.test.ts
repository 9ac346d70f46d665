import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@strongroom/client";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { follow } from "../support/followed.ts";
import { credential } from "../support/oauth/credential.ts";
import type { Throwaway } from "../support/throwaway.ts";

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly mend?: string;
}

async function examined(place: Throwaway, check: string): Promise<Finding | undefined> {
  const { stdout } = await place.cli(["doctor", "--json"]);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  const found = findings.filter((each) => each.check === check);
  // A folder's check may have the name of another.
  return found.find(({ verdict }) => verdict !== "ok") ?? found[0];
}

/** Whether its one credential may be presented by others as well. */
async function isShared(owner: Client): Promise<boolean> {
  const { state } = await owner.call("oauth/show", { name: "a" });
  return state === "shared";
}

function markOf(place: Throwaway): string {
  const state = join(place.home, "state");
  const name = readdirSync(state).find((each) => each.endsWith(".mark"));
  return join(state, name ?? "no mark");
}

test.skipIf(process.platform === "win32")(
  "a mark that cannot be read for one start leaves no trace in the vault",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.change("oauth/put", credential("a"));
    await place.cli(["daemon", "stop"]);
    const mark = markOf(place);
    renameSync(mark, join(place.home, "kept"));
    mkdirSync(mark);
    const refused = await place.cli(["list"]);
    expect([refused.status, refused.stderr]).toEqual([8, expect.stringContaining(mark)]);
    expect(await examined(place, "state")).toMatchObject({
      verdict: "problem",
      message: expect.stringContaining(`${mark}: a folder stands in its place`) as string,
      mend: expect.stringContaining(`mv -n ${mark}`) as string,
    });
    rmdirSync(mark);
    renameSync(join(place.home, "kept"), mark);
    await place.cli(["daemon", "restart"]);
    expect(await isShared(owner)).toBe(false);
    expect(await examined(place, "mark")).toMatchObject({ verdict: "ok" });

    await place.cli(["daemon", "stop"]);
    rmSync(mark);
    mkdirSync(mark);
    await place.cli(["list"]);
    const { mend = "" } = (await examined(place, "state")) ?? {};
    await follow(place, mend.slice(mend.indexOf("shared: ") + "shared: ".length));
    expect((await place.cli(["list"])).status).toBe(0);
    expect(await isShared(owner)).toBe(true);
    expect(await examined(place, "mark")).toMatchObject({ verdict: "note" });
  },
);

test.skipIf(process.platform === "win32")(
  "a mark that cannot be written is never said to be written anew",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    await place.cli(["daemon", "stop"]);
    const mark = markOf(place);
    rmSync(mark);
    mkdirSync(`${mark}.tmp/in`, { recursive: true });
    expect((await place.cli(["get", "a"])).stdout).toBe("1");
    expect(await examined(place, "mark")).toMatchObject({
      verdict: "problem",
      message: expect.stringContaining(
        `cannot be written in ${join(place.home, "state")}`,
      ) as string,
    });
    const said = readFileSync(join(place.home, "log/start.log"), "utf8");
    expect(said).not.toContain("rewritten");
    expect(said).toContain(`${mark} cannot be written (E`);
  },
);
