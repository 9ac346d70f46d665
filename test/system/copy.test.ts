import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { CLI, pause, until } from "../support/processes.ts";
import type { Throwaway } from "../support/throwaway.ts";

const missing = ["Xvfb", "xclip", "xsel"].filter(
  (program) => spawnSync("which", [program]).status !== 0,
);
const why = missing.length === 0 ? "" : ` (skipped: there is no ${missing.join(", ")} here)`;

/** A display of nobody, with a clipboard; its name. */
async function display(): Promise<string> {
  const server: ChildProcess = spawn("Xvfb", ["-displayfd", "1", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void server.kill());
  let said = "";
  server.stdout?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await until("the display", () => said.endsWith("\n"));
  return `:${said.trim()}`;
}

test(
  `a value is in the clipboard for a while, and no longer than the vault is open${why}`,
  { timeout: 90_000 },
  async () => {
    if (why !== "") return;
    const place = throwaway();
    const shown = await display();
    const run = (...args: string[]): ReturnType<Throwaway["run"]> =>
      place.run("env", ["-u", "WAYLAND_DISPLAY", `DISPLAY=${shown}`, ...args]);
    const held = async (): Promise<string> =>
      (await run("xclip", "-selection", "clipboard", "-out")).stdout;
    await place.cli(["set", "a"], "sup3r-s3cret");
    await place.cli(["set", "j"], '{"password":"from-json"}');
    const copied = await run(process.execPath, CLI, "copy", "a", "--clear", "2s");
    expect([copied.status, copied.stdout, copied.stderr]).toEqual([
      0,
      "",
      "strongroom: copied; cleared after 2 s\n",
    ]);
    expect(await held()).toBe("sup3r-s3cret");
    await until("the end of its time", async () => (await held()) === "");
    await run(process.execPath, CLI, "copy", "j", "--field", "password", "--clear", "1s");
    await run("sh", "-c", "printf mine | xsel --clipboard --input");
    await pause(2000);
    expect(await held()).toBe("mine");
    await run(process.execPath, CLI, "copy", "a");
    expect(await held()).toBe("sup3r-s3cret");
    await place.cli(["lock"]);
    expect(await held()).toBe("");
    const stray = join(place.home, "bin");
    mkdirSync(stray);
    const taken = join(place.home, "taken");
    writeFileSync(join(stray, "pbcopy"), `#!/bin/sh\ncat > ${taken}\n`, { mode: 0o755 });
    await place.cli(["unlock"]);
    const only = await place.run("env", [
      "-u",
      "WAYLAND_DISPLAY",
      "-u",
      "DISPLAY",
      `PATH=${stray}:${process.env["PATH"]}`,
      process.execPath,
      CLI,
      "copy",
      "a",
    ]);
    expect([only.status, existsSync(taken)]).toEqual([18, false]);
    expect(only.stderr).toContain("the daemon could not clear it again: pbcopy is in none of");
    const none = await place.run("env", [
      "-u",
      "WAYLAND_DISPLAY",
      "-u",
      "DISPLAY",
      process.execPath,
      CLI,
      "copy",
      "a",
    ]);
    expect(none.status).toBe(process.platform === "darwin" ? 7 : 18);
  },
);
