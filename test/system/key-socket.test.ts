import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { Container, folderOf, noContainers, worldFolder } from "../support/container.ts";
import type { InContainer } from "../support/container.ts";
import { until } from "../support/processes.ts";
import { RawClient } from "../support/raw-client.ts";
import { UID } from "../support/scenes.ts";

const LONG_MS = 120_000;
const GROUP = 23_456;
const GUEST = 20_000;

/** A finding of the doctor, or what status says that the owner should see to. */
interface Found {
  readonly check?: string;
  readonly mend?: string;
  readonly next?: string;
}

interface Hosted {
  readonly host: Container;
  readonly owner: InContainer;
  /** The folder to be mounted. */
  readonly folder: string;
  readonly home: string;
  readonly token: string;
}

/** An owner who has a vault, a key for `in/**`, and a group that others are in. */
async function hosted(): Promise<Hosted> {
  const work = worldFolder();
  const home = folderOf(join(work, "home"), UID);
  folderOf(join(work, "doors"), UID);
  const owner = { uid: UID, groups: [GROUP], env: { HOME: home } };
  const host = await Container.start();
  await host.cli(["set", "in/a"], { ...owner, input: "inside" });
  await host.cli(["set", "out"], { ...owner, input: "outside" });
  const made = await host.cli(["key", "create", "k", "--allow", "get:in/**", "--no-expiry"], owner);
  return { host, owner, home, token: made.stdout.trim(), folder: join(work, "doors", "ci") };
}

/** A container that sees the folder and nothing else of the owner. */
function guestIn({ folder, home }: Hosted, more = ""): Promise<Container> {
  return Container.start(`mount -t tmpfs none ${home}
    mount -t tmpfs none /mnt
    mkdir -p /mnt/door/run /mnt/file/run
    touch /mnt/file/run/key.sock
    mount --bind ${folder} /mnt/door/run
    mount --bind ${folder}/key.sock /mnt/file/run/key.sock
    ${more}`);
}

const as = (token: string, gid = GROUP, at = "/mnt/door"): InContainer => ({
  uid: GUEST,
  gid,
  env: { STRONGROOM_HOME: at, STRONGROOM_API_KEY: token },
});

test.skipIf(noContainers !== "")(
  `another user in a container has what a key allows, by the socket in a mounted folder${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const all = await hosted();
    const { folder, host, owner, token } = all;
    const shown = await host.cli(["key", "socket", folder, "--group", `${GROUP}`], owner);
    expect([shown.status, shown.stdout, shown.stderr]).toEqual([0, `${folder}/key.sock\n`, ""]);
    // Nobody is the owner by this socket, whoever connects.
    const bare = await RawClient.greeted(join(folder, "key.sock"));
    const asked = await bare.call("secret/get", { name: "in/a" });
    expect(asked.error?.data.code).toBe("DENIED");
    bare.socket.destroy();
    const guest = await guestIn(all);
    const get = (name: string, who: InContainer): ReturnType<Container["cli"]> =>
      guest.cli(["get", name], who);
    expect((await get("in/a", as(token))).stdout).toBe("inside");
    expect((await get("out", as(token))).status).toBe(4);
    for (const args of [["key", "list"], ["lock"], ["key", "create", "x", "--no-expiry"]]) {
      expect((await guest.cli(args, { ...as(token), input: "v" })).status).toBe(
        args.length > 2 ? 2 : 4,
      );
    }
    const wrong = `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`;
    expect((await get("in/a", as(wrong))).status).toBe(4);
    const keyless = { ...as(token), env: { STRONGROOM_HOME: "/mnt/door" } };
    const refused = await get("in/a", keyless);
    expect([refused.status, refused.stderr]).toEqual([
      4,
      expect.stringMatching(
        /socket of user 12345 .*\n.*\n.*: export STRONGROOM_API_KEY_FILE=FILE\n/u,
      ),
    ]);
    const record = await host.run(["cat", `${all.home}/.local/share/strongroom/vault/daemon.pid`]);
    const { endpoint } = JSON.parse(record.stdout) as { readonly endpoint: string };
    expect((await guest.run(["test", "-e", endpoint])).status).toBe(1);
    const outsider = await get("in/a", as(token, GUEST));
    expect([outsider.status, outsider.stderr]).toEqual([
      8,
      expect.stringMatching(/key\.sock.*\n.*\n.*next: .*strongroom key socket FOLDER --group/u),
    ]);
    const stranger = await get("in/a", { ...keyless, gid: GUEST });
    expect([stranger.status, stranger.stderr]).toEqual([
      4,
      expect.stringMatching(
        /for those whom user 12345 has let in, and not .*\n.*\n.*: strongroom key socket FOLDER --group GROUP\n/u,
      ),
    ]);
    expect((await guest.run(["touch", "/mnt/door/run/x"], as(token))).status).toBe(1);
    expect(guest.starts).toBe(0);
    // Root in there is nobody out here.
    const mapped = ["/usr/bin/unshare", "--user", "--map-user=0", "--map-group=0"];
    const program = ["/usr/bin/env", process.execPath, "--", "/srv/packages/cli/bin/strongroom.js"];
    await guest.run(["chown", `${GUEST}`, "/mnt/door"]);
    const got = await guest.run([...mapped, ...program, "get", "in/a"], as(token));
    expect([got.stdout, got.stderr]).toEqual(["inside", ""]);
  },
);

test.skipIf(noContainers !== "")(
  `a mounted folder has the socket of the next daemon, and a mounted socket has none${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const all = await hosted();
    const { folder, host, owner, token } = all;
    await host.cli(["key", "socket", folder, "--group", `${GROUP}`], owner);
    const guest = await guestIn(all);
    const get = (at: string): ReturnType<Container["cli"]> =>
      guest.cli(["get", "in/a"], as(token, GROUP, at));
    expect([(await get("/mnt/door")).stdout, (await get("/mnt/file")).stdout]).toEqual([
      "inside",
      "inside",
    ]);
    expect((await host.cli(["daemon", "restart"], owner)).status).toBe(0);
    await until("the socket", async () => (await get("/mnt/door")).stdout === "inside");
    const stale = await get("/mnt/file");
    expect([stale.status, stale.stderr]).toEqual([
      8,
      expect.stringMatching(/nobody serves .*key\.sock\n.*\n.*mount the folder/u),
    ]);
    expect((await host.cli(["daemon", "stop"], owner)).status).toBe(0);
    const gone = await get("/mnt/door");
    expect([gone.status, gone.stderr]).toEqual([8, expect.stringContaining("nobody serves")]);
    expect(guest.starts).toBe(0);
  },
);

test.skipIf(noContainers !== "")(
  `its mode and its group say who may connect, under any umask, and off takes it away${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const { folder, host, owner } = await hosted();
    const modes = (): readonly string[] =>
      [folder, join(folder, "key.sock")].map((path) => {
        const { gid, mode } = statSync(path);
        return `${(mode & 0o7777).toString(8)} ${gid}`;
      });
    const CLI = [process.execPath, "--", "/srv/packages/cli/bin/strongroom.js"];
    const under = (umask: string, ...args: string[]): ReturnType<Container["run"]> =>
      host.run(["/bin/bash", "-c", `umask ${umask}; exec "$@"`, "x", ...CLI, ...args], owner);
    await host.cli(["daemon", "stop"], owner);
    const group = ["--group", `${GROUP}`];
    expect((await under("000", "key", "socket", folder)).status).toBe(0);
    expect(modes()).toEqual([`700 ${UID}`, `600 ${UID}`]);
    expect((await under("077", "key", "socket", folder, ...group)).status).toBe(0);
    expect(modes()).toEqual([`710 ${GROUP}`, `660 ${GROUP}`]);
    expect((await under("027", "key", "socket", folder, "--mode", "666", ...group)).status).toBe(0);
    expect(modes()).toEqual([`711 ${GROUP}`, `666 ${GROUP}`]);
    for (const refused of [
      ["--mode", "777"],
      ["--mode", "066"],
      ["--mode", "640"],
      ["--group", "no-such-group"],
    ]) {
      expect((await host.cli(["key", "socket", folder, ...refused], owner)).status).toBe(2);
    }
    const strange = await host.cli(["key", "socket", folder, "--group", "1"], owner);
    expect([strange.status, strange.stderr]).toEqual([4, expect.stringContaining("EPERM")]);
    const used = await host.cli(["key", "socket", `${folder}/..`], owner);
    expect([used.status, used.stderr]).toEqual([2, expect.stringContaining("holds something")]);
    // Nor the folder of another vault's, nor one of the vault's own.
    const second = join(owner.env?.["HOME"] ?? "", "2");
    const other = { ...owner, env: { ...owner.env, STRONGROOM_HOME: second } };
    await host.cli(["init"], other);
    const taken = await host.cli(["key", "socket", folder], other);
    expect([taken.status, taken.stderr]).toEqual([2, expect.stringContaining("holds something")]);
    const link = join(dirname(folder), "link");
    await host.run(["ln", "-s", second, link], owner);
    for (const inside of [join(second, "run/x"), join(link, "vault/x")]) {
      const own = await host.cli(["key", "socket", inside], other);
      expect([own.status, own.stderr]).toEqual([2, expect.stringContaining("of the vault's own")]);
    }
    await host.run(["rm", link], owner);
    await host.cli(["daemon", "stop"], other);
    const json = await host.cli(["key", "socket", "--json"], owner);
    expect(JSON.parse(json.stdout)).toMatchObject({ mode: "0666", group: GROUP, folder });
    expect((await host.cli(["key", "socket", "off"], owner)).status).toBe(0);
    expect((await host.run(["ls", folder])).stdout).toBe("");
  },
);

test.skipIf(noContainers !== "")(
  `a client gives its key to no socket in a folder that anybody can write to${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const all = await hosted();
    const { folder, host, owner, token } = all;
    await host.cli(["key", "socket", folder, "--group", `${GROUP}`], owner);
    const guest = await guestIn(all);
    const get = (): ReturnType<Container["cli"]> => guest.cli(["get", "in/a"], as(token));
    expect((await get()).stdout).toBe("inside");
    const doctor = async (who: InContainer): Promise<unknown> => {
      const { stdout } = await guest.cli(["doctor", "--json"], who);
      const { findings } = JSON.parse(stdout) as { findings: readonly { check: string }[] };
      return findings.find(({ check }) => check === "run");
    };
    expect(await doctor(as(token))).toMatchObject({ verdict: "ok" });
    const keyless = await doctor({ ...as(token), env: { STRONGROOM_HOME: "/mnt/door" } });
    expect(keyless).toMatchObject({ mend: expect.stringMatching(/API_KEY_FILE=FILE$/u) as string });
    const refused = async (hint: RegExp): Promise<void> => {
      const { status, stderr, stdout } = await get();
      expect([status, stdout, stderr]).toEqual([4, "", expect.stringMatching(hint)]);
    };
    await guest.run(["chmod", "777", "/mnt/door"]);
    await refused(/: export STRONGROOM_HOME=FOLDER\n/u);
    await guest.run(["chmod", "755", "/mnt/door"]);
    await host.run(["chmod", "777", folder]);
    await refused(/: strongroom key socket FOLDER --group GROUP\n/u);
  },
);

test.skipIf(noContainers !== "")(
  `status and the doctor say that the folder is gone, with the command that brings it back${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const { folder, host, owner } = await hosted();
    const said = async (): Promise<readonly [found: readonly Found[], told: readonly Found[]]> => {
      const doctor = await host.cli(["doctor", "--json"], owner);
      const status = await host.cli(["status", "--json"], owner);
      const { findings } = JSON.parse(doctor.stdout) as { findings: readonly Found[] };
      const { attention } = JSON.parse(status.stdout) as { attention: readonly Found[] };
      const isDoor = ({ next }: Found): boolean => next?.includes("key socket") === true;
      return [findings.filter(({ check }) => check === "door"), attention.filter(isDoor)];
    };
    expect(await said()).toEqual([[], []]);
    await host.cli(["key", "socket", folder, "--group", `${GROUP}`], owner);
    expect(await said()).toEqual([[expect.objectContaining({ verdict: "ok" })], []]);
    await host.run(["rm", "-r", folder]);
    const mend = `strongroom key socket ${folder} --mode 660 --group ${GROUP}`;
    expect(await said()).toMatchObject([[{ verdict: "problem", mend }], [{ next: mend }]]);
    expect((await host.cli(mend.split(" ").slice(1), owner)).status).toBe(0);
    expect(await said()).toEqual([[expect.objectContaining({ verdict: "ok" })], []]);
  },
);

test.skipIf(noContainers !== "")(
  `its owner takes it away while the vault is locked, and nobody else does${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const { folder, home, host, owner, token } = await hosted();
    await host.cli(["key", "socket", folder], owner);
    expect((await host.cli(["lock"], owner)).status).toBe(0);
    expect((await host.cli(["status", "--quiet"], owner)).status).toBe(7);
    const other = await host.cli(["key", "socket", `${folder}-2`], owner);
    expect([other.status, other.stderr]).toEqual([7, expect.stringMatching(/strongroom unlock/u)]);
    const keyed = { ...owner, env: { HOME: home, STRONGROOM_API_KEY: token } };
    expect((await host.cli(["key", "socket", "off"], keyed)).status).toBe(7);
    expect((await host.run(["ls", folder])).stdout).toBe("key.sock\n");
    const off = await host.cli(["key", "socket", "off"], owner);
    const none = "strongroom: there is no socket for other users\n";
    expect([off.status, off.stderr]).toEqual([0, none]);
    expect((await host.run(["ls", folder])).stdout).toBe("");
    expect((await host.cli(["key", "socket"], owner)).stderr).toBe(none);
    expect((await host.cli(["status", "--quiet"], owner)).status).toBe(7);
    // Open again, it is a matter of whoever speaks for the owner.
    expect((await host.cli(["unlock"], owner)).status).toBe(0);
    expect((await host.cli(["key", "socket", "off"], keyed)).status).toBe(4);
  },
);
