import { readlinkSync } from "node:fs";
import type { Socket } from "node:net";
import type { Who } from "../audit/who.ts";
import { descriptorOf } from "./descriptor.ts";

const PACKAGE = "koffi";

// Of <sys/socket.h> and <sys/prctl.h> of Linux.
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const UCRED_BYTES = 12;
const PR_SET_DUMPABLE = 4;

/** What is used of that package (3.3). */
interface Koffi {
  load(library: null): { func(prototype: string): (...given: unknown[]) => unknown };
}

/** The process at the other end of a socket, as the kernel knows it. */
export type Peer = Pick<Who, "executable" | "pid" | "uid">;

/** What Node cannot ask of the system. */
export interface SystemCalls {
  /** Who connected; undefined where the system does not say. */
  readonly peerOf: (socket: Socket) => Peer | undefined;
  /** Keeps other processes of the same user from reading this one's memory, and from its core. */
  readonly hideMemory: () => void;
}

/** How the package is loaded; tests have another. */
export type LoadKoffi = () => Promise<unknown>;

/**
 * The system's own calls, where `koffi` is installed beside strongroom and this is Linux;
 * undefined elsewhere, where all of it is left out.
 */
export async function loadSystemCalls(
  load: LoadKoffi = () => import(PACKAGE),
  platform: NodeJS.Platform = process.platform,
): Promise<SystemCalls | undefined> {
  if (platform !== "linux") return undefined;
  try {
    const loaded = (await load()) as Koffi & { readonly default?: Koffi };
    // What the program itself is linked with: its C library, whichever that is.
    const library = (loaded.default ?? loaded).load(null);
    const getsockopt = library.func(
      "int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)",
    );
    const prctl = library.func(
      "int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)",
    );
    return {
      peerOf: (socket) => peerOf(socket, getsockopt),
      hideMemory: () => void prctl(PR_SET_DUMPABLE, 0, 0, 0, 0),
    };
  } catch {
    return undefined;
  }
}

function peerOf(socket: Socket, getsockopt: (...given: unknown[]) => unknown): Peer | undefined {
  const fd = descriptorOf(socket);
  if (fd === undefined) return undefined;
  const credentials = Buffer.alloc(UCRED_BYTES);
  const length = [UCRED_BYTES];
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, credentials, length) !== 0) return undefined;
  const pid = credentials.readInt32LE(0);
  const uid = credentials.readUInt32LE(4);
  // Of another PID namespace.
  if (pid <= 0) return undefined;
  return { pid, uid, ...executableOf(pid) };
}

function executableOf(pid: number): Pick<Peer, "executable"> {
  try {
    return { executable: readlinkSync(`/proc/${pid}/exe`) };
  } catch {
    return {};
  }
}
