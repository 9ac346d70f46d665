// Looks around from a mount namespace that holds the socket of the keys and no other file of a
// home: jailed-process.ts HOME SOCKET, and what to ask as JSON on standard input.
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { RawClient } from "./raw-client.ts";

/** What it is told. */
export interface JailOrders {
  readonly token: string;
  /** The owner's socket, as it is called outside. */
  readonly owner: string;
  readonly files: readonly string[];
  readonly asks: readonly { readonly method: string; readonly params: object }[];
}

/** What it saw. */
export interface JailReport {
  readonly home: readonly string[];
  /** Files that could be read. */
  readonly read: readonly string[];
  /** The code of the system when it connected to the owner's socket. */
  readonly owner: string;
  /** By method: the code of each answer, or the whole result. */
  readonly without: Readonly<Record<string, unknown>>;
  readonly with: Readonly<Record<string, unknown>>;
}

const [home = "", socket = ""] = process.argv.slice(2);
const orders = JSON.parse(await text(process.stdin)) as JailOrders;

async function asked(client: RawClient): Promise<Record<string, unknown>> {
  const answers: Record<string, unknown> = {};
  for (const { method, params } of orders.asks) {
    const { error, result } = await client.call(method, params);
    answers[method] = error?.data.code ?? result;
  }
  return answers;
}

function canRead(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

async function reached(path: string): Promise<string> {
  try {
    await RawClient.connect(path);
    return "connected";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
}

const stranger = await RawClient.greeted(socket);
const keyed = await RawClient.greeted(socket);
await keyed.call("session/authenticate", { token: orders.token });
const report: JailReport = {
  home: readdirSync(home),
  read: orders.files.filter(canRead),
  owner: await reached(orders.owner),
  without: await asked(stranger),
  with: await asked(keyed),
};
process.stdout.write(JSON.stringify(report));
process.exit(0);
