import type { ChildProcess } from "node:child_process";

const awaited = new Set<number>();

/** From now on the end of this process surprises nobody. */
export function expectEnd(pid: number): void {
  awaited.add(pid);
}

/**
 * Never resolves. When a process ends that neither `child.kill` nor anybody who said `expectEnd`
 * ended, it prints the status, the signal and all that the process said, and rejects with that.
 */
export function unexpectedEnd(name: string, child: ChildProcess): Promise<never> {
  const said: string[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  const end = new Promise<never>((_, reject) => {
    child.once("close", (status, signal) => {
      if (child.killed || awaited.has(child.pid ?? 0)) return;
      const how = `status ${String(status)}, signal ${String(signal)}`;
      const line = `${name} ended unexpectedly: ${how}, said: ${said.join("") || "nothing"}`;
      console.log(line);
      reject(new Error(line));
    });
  });
  end.catch(() => undefined);
  return end;
}
