import { closeSync, readdirSync, readFileSync } from "node:fs";

const CLOSE_ON_EXEC = 0o2000000;

/**
 * Closes the descriptors that whoever started this process left open, on Linux: their files, pipes
 * and locks would last as long as the daemon, and reach the programs that it starts. What Node
 * itself opens is closed for programs (O_CLOEXEC), so all else from 3 on is theirs, but for
 * `wanted`, which were handed over on purpose.
 */
export function closeInherited(wanted: (descriptor: number) => boolean): void {
  for (const descriptor of inherited()) {
    if (wanted(descriptor)) continue;
    try {
      closeSync(descriptor);
    } catch {
      // It was closed meanwhile.
    }
  }
}

function inherited(): number[] {
  try {
    return readdirSync("/proc/self/fdinfo")
      .map(Number)
      .filter((descriptor) => descriptor > 2 && !isOurs(descriptor));
  } catch {
    return [];
  }
}

function isOurs(descriptor: number): boolean {
  try {
    const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8");
    const flags = /^flags:\s*([0-7]+)$/m.exec(text)?.[1];
    return flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0;
  } catch {
    return true;
  }
}

/** What was handed to this process: the connection of an errand, a supervisor's sockets, Node's channel. */
export function handedOver(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): (descriptor: number) => boolean {
  const { LISTEN_FDS: count = "0", LISTEN_PID: pid, NODE_CHANNEL_FD: channel } = env;
  const sockets = Number(pid) === process.pid ? Number(count) : 0;
  const errand = argv.includes("--succeed") ? 1 : 0;
  const upTo = 3 + Math.max(sockets, errand);
  return (descriptor) => descriptor < upTo || String(descriptor) === channel;
}
