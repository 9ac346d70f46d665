import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const MODULE = fileURLToPath(
  new URL("../../../packages/daemon/dist/lock/acknowledge.js", import.meta.url),
);
const CHILD = `
const { untilGone } = await import(${JSON.stringify(MODULE)});
process.stdout.write("waiting\\n");
await untilGone(process.ppid);
process.stdout.write("gone\\n");
`;
const PARENT = `
const { spawn } = require("node:child_process");
const child = spawn(process.execPath, ["--input-type=module", "-e", process.argv[1]], { stdio: "inherit", detached: true });
setInterval(() => {}, 1000);
`;

test.skipIf(process.platform === "win32")(
  "whoever follows waits until the process before it is gone, and no longer",
  async () => {
    const parent = spawn(process.execPath, ["-e", PARENT, CHILD], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    parent.stdout.on("data", (text: Buffer) => (said += String(text)));
    const heard = async (word: string): Promise<void> => {
      while (!said.includes(word)) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await heard("waiting");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(said).toBe("waiting\n");
    parent.kill("SIGKILL");
    await heard("gone");
  },
);
