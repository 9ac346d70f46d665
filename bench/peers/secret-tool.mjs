import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const PATIENCE_MS = 10_000;
const NAMED = ["service", "bench", "username", "token"];

/** The command by which a password is looked up. */
export const LOOKUP = ["lookup", ...NAMED];

/** The keyring of a desktop on a bus of its own, with one password; `env` is what finds it. */
export async function startKeyring(world, value) {
  const home = world.folder("keyring");
  const config = join(home, "bus.conf");
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:path=${join(home, "bus")}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>`,
  );
  const args = [`--config-file=${config}`, "--nofork", "--nopidfile", "--print-address=1"];
  const bus = world.spawn("dbus-daemon", args, { stdio: ["ignore", "pipe", "ignore"] });
  const address = await new Promise((resolve) => {
    createInterface({ input: bus.stdout }).once("line", resolve);
  });
  const env = { ...world.env, HOME: home, DBUS_SESSION_BUS_ADDRESS: address };
  const keyring = world.spawn(
    "gnome-keyring-daemon",
    ["--unlock", "--foreground", "--components=secrets"],
    { env, stdio: ["pipe", "ignore", "ignore"] },
  );
  keyring.stdin.end("the password of a login");
  const store = () =>
    spawnSync("secret-tool", ["store", "--label=bench", ...NAMED], { env, input: value });
  for (const end = performance.now() + PATIENCE_MS; store().status !== 0; await pause(50)) {
    if (performance.now() > end) throw new Error("gnome-keyring-daemon does not serve");
  }
  return { env, stop: () => Promise.all([keyring, bus].map((each) => world.stop(each))) };
}
