import { spawnSync } from "node:child_process";
import { join } from "node:path";

const WHO = "bench@strongroom.example";

/** A store of `pass` with one password, for a key of its own without a passphrase. */
export function makePass(world, name, value) {
  const home = world.folder("pass");
  const env = {
    ...world.env,
    HOME: home,
    GNUPGHOME: world.folder("gpg"),
    PASSWORD_STORE_DIR: join(home, "store"),
  };
  const must = (program, args, input = "") => {
    const { status, stderr } = spawnSync(program, args, { env, input, encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} ${args[0]} ended with ${status}: ${stderr}`);
  };
  const quiet = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""];
  must("gpg", [...quiet, "--quick-generate-key", WHO, "default", "default", "never"]);
  must("pass", ["init", WHO]);
  must("pass", ["insert", "--multiline", name], value);
  return { env, stop: () => void spawnSync("gpgconf", ["--kill", "all"], { env }) };
}
