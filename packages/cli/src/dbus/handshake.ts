import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

const LONGEST_LINE = 4096;
const PATIENCE_MS = 10_000;

/** A socket to a bus that knows who we are, and the id of that bus. */
export interface Greeted {
  readonly socket: Socket;
  readonly guid: string;
}

/** Connects to a bus at a Unix socket, as the user that the kernel says we are. */
export async function greet(path: string): Promise<Greeted> {
  const socket = connect(path);
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("the bus does not answer")));
  try {
    await once(socket, "connect");
    const uid = Buffer.from(String(process.getuid?.() ?? 0)).toString("hex");
    socket.write(`\0AUTH EXTERNAL ${uid}\r\n`);
    const [word, guid = ""] = (await line(socket)).split(" ");
    if (word !== "OK") throw new Error("the bus does not take us for its user");
    socket.write("BEGIN\r\n");
    socket.setTimeout(0);
    return { socket, guid };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** One line of the other end, which says nothing behind it before we speak again. */
function line(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const end = (): void => finish(() => reject(new Error("the bus hung up")));
    const take = (chunk: Buffer): void => {
      text += chunk.toString("latin1");
      if (text.endsWith("\r\n")) finish(() => resolve(text.trimEnd()));
      else if (text.length > LONGEST_LINE) end();
    };
    const finish = (done: () => void): void => {
      socket.pause().off("data", take).off("close", end).off("error", end);
      done();
    };
    socket.on("data", take).on("close", end).on("error", end).resume();
  });
}
