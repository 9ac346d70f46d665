import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const PROGRAM = fileURLToPath(new URL("../programs/asker.mjs", import.meta.url));

/** Processes that ask at the same time. */
export interface Crowd {
  /** What each of them got for a name: the token or the value, or a code and a message. */
  ask(name: string): Promise<string[]>;
}

/** Starts so many processes; they end with the test. */
export async function startCrowd(
  env: NodeJS.ProcessEnv,
  size: number,
  what: "token" | "value" = "token",
): Promise<Crowd> {
  const askers = Array.from({ length: size }, () => {
    const child = spawn(process.execPath, [PROGRAM, what], {
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill());
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return {
      ask: (name: string): boolean => child.stdin.write(`${name}\n`),
      line: async (): Promise<string> => {
        const { done, value } = await lines.next();
        if (done === true) throw new Error("a process that asks has ended");
        return value;
      },
    };
  });
  await Promise.all(askers.map((asker) => asker.line()));
  return {
    ask: (name) => {
      for (const asker of askers) asker.ask(name);
      return Promise.all(askers.map((asker) => asker.line()));
    },
  };
}
