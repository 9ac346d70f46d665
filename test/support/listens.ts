import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** Whether a process listens on a TCP port: the inspector is the only thing that would. */
export function listensOnTcp(pid: number): boolean {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((file) => {
    try {
      return [/^socket:\[(\d+)\]$/u.exec(readlinkSync(`/proc/${pid}/fd/${file}`))?.[1] ?? ""];
    } catch {
      return [];
    }
  });
  const listening = ["tcp", "tcp6"].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/u))
      .filter((fields) => fields[3] === "0A")
      .map((fields) => fields[9]),
  );
  return sockets.some((inode) => inode !== "" && listening.includes(inode));
}
