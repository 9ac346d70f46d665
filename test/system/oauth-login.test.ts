import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { CLIENT_ID } from "../support/oauth/authorization-server.ts";
import { Browser } from "../support/oauth/browser.ts";
import { startRig } from "../support/oauth/rig.ts";
import type { LocalRig } from "../support/oauth/rig.ts";
import { until } from "../support/processes.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

const CLI = join(ROOT, "packages/cli/bin/strongroom.js");
const SCOPES = ["openid", "offline_access", "read"];

async function scene(): Promise<{ readonly place: Throwaway; readonly rig: LocalRig }> {
  const rig = await startRig();
  onTestFinished(() => rig.close());
  const place = throwaway();
  await place.cli(["init"]);
  return { place, rig };
}

interface SigningIn {
  readonly kill: () => void;
  readonly text: () => string;
  readonly ended: Promise<number | null>;
}

/** `strongroom oauth login`, as it is run by somebody who opens pages by hand. */
function signIn(place: Throwaway, rig: LocalRig, name: string, ...more: string[]): SigningIn {
  const scopes = SCOPES.flatMap((scope) => ["--scope", scope]);
  const asked = ["oauth", "login", name, rig.issuer, "--client-id", CLIENT_ID, ...scopes, ...more];
  const child = spawn(process.execPath, [CLI, ...asked], { env: place.env, stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "close").then(([status]) => status as number | null);
  return { kill: () => child.kill("SIGINT"), text: () => said, ended };
}

async function pageOf({ text }: SigningIn): Promise<string> {
  await until("its page", () => /^ {2}open \S+$/m.test(text()));
  return /^ {2}open (\S+)$/m.exec(text())?.[1] ?? "";
}

describe("signing in from the command line", { timeout: 120_000 }, () => {
  test("opens one page however many ask, and keeps what one writer stored", async () => {
    const { place, rig } = await scene();
    const all = Array.from({ length: 12 }, () => signIn(place, rig, "mcp/a", "--no-browser"));
    const pages = await Promise.all(all.map(pageOf));
    expect(new Set(pages).size).toBe(1);
    expect(all[0]?.text()).toContain("openid offline_access read");
    await new Browser().signInAndReturn(pages[0] ?? "");
    const statuses = await Promise.all(all.map(({ ended }) => ended));
    expect([statuses, all[0]?.text()]).toEqual([all.map(() => 0), expect.any(String)]);
    expect(await rig.counts()).toMatchObject({ codes: 1, logins: 1 });
    const owner = await connected(place);
    const shown = await owner.call("oauth/show", { name: "mcp/a" });
    expect(shown).toMatchObject({ subject: "alice", scopes: SCOPES });
    expect((await place.cli(["token", "mcp/a"])).status).toBe(0);
    const again = signIn(place, rig, "mcp/a", "--no-browser");
    expect(await again.ended).toBe(12);
    expect(again.text()).toContain("--force");
  });

  test("by a code takes what is entered elsewhere", async () => {
    const { place, rig } = await scene();
    const device = signIn(place, rig, "mcp/b", "--device");
    await until("its code", () => /and enter \S+$/m.test(device.text()));
    const [, page = "", code = ""] = /open (\S+) and enter (\S+)$/m.exec(device.text()) ?? [];
    expect(page).toBe(`${rig.issuer}/device`);
    await new Browser().allowDevice(`${page}?user_code=${code}`);
    expect(await device.ended).toBe(0);
    expect((await place.cli(["token", "mcp/b"])).status).toBe(0);
  });

  test("ends with who waits for it, and leaves nothing", async () => {
    const { place, rig } = await scene();
    const one = signIn(place, rig, "mcp/c", "--no-browser");
    const page = await pageOf(one);
    const answer = new URL(await new Browser().signIn(page));
    one.kill();
    await one.ended;
    await until("the end of its listener", async () => {
      const socket = connect(Number(answer.port), "127.0.0.1");
      const heard = await once(socket, "connect").catch(() => undefined);
      socket.destroy();
      return heard === undefined;
    });
    expect((await place.cli(["token", "mcp/c"])).status).toBe(6);
    expect(await rig.counts()).toMatchObject({ codes: 0 });
  });
});
