import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import { busSockets } from "../dbus/address.ts";
import { Bus } from "../dbus/bus.ts";
import { greet } from "../dbus/handshake.ts";
import type { Greeted } from "../dbus/handshake.ts";
import type { Message } from "../dbus/message.ts";
import { follow } from "./following.ts";
import type { House } from "./house.ts";
import { Keeper } from "./keeper.ts";
import { answer } from "./objects.ts";
import { NAME, ownerOf, takeName } from "./owner.ts";
import { Prompts } from "./prompts.ts";
import { clearSessions } from "./remnants.ts";
import { Sessions } from "./sessions.ts";
import { tell, tellCompleted } from "./signals.ts";
import { View } from "./view.ts";

const VANISHED =
  "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''";

/** What the service is given. */
export interface Given {
  readonly client: Client;
  /** A client of the same vault that starts no daemon. */
  readonly quiet: Client;
  readonly replace: boolean;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Hears that it serves, on the bus of that id. */
  readonly ready: (bus: string) => void;
  readonly note: (line: string) => void;
}

/** Why it is over: it was told to end, another program took the name, or the bus is gone. */
export type End = "bus" | "replaced" | "stopped";

/** Serves the vault as `org.freedesktop.secrets` on the bus of the session, until it is over. */
export async function serve({ client, note, quiet, ready, replace, signal }: Given): Promise<End> {
  const bus = new Bus(await greetAny());
  try {
    const view: View = new View(client, bus.guid, (changes, holdings) => {
      const { collections, isLocked } = holdings;
      tell(bus, changes, { collections: collections.keys(), isLocked });
    });
    const keeper = new Keeper(client, view, bus.guid);
    const prompts = new Prompts((...completed) => tellCompleted(bus, ...completed));
    const house: House = { client, view, keeper, prompts, note, sessions: new Sessions() };
    const lost = new AbortController();
    await bus.hello({
      answer: (call) => answer(house, call),
      hear: (message) => {
        if (isLoss(message)) lost.abort();
        forgetVanished(house, message);
      },
    });
    await bus.ask("AddMatch", "s", [VANISHED]);
    await begin(view);
    await takeName(bus, replace);
    await clearSessions(client, bus.guid);
    ready(bus.guid);
    const followed = new AbortController();
    void follow(quiet, view, followed.signal);
    const end = await Promise.race<End>([
      aborted(lost.signal, "replaced"),
      ended(bus),
      aborted(signal, "stopped"),
    ]);
    followed.abort();
    if (end === "replaced") note(`${await ownerOf(bus)} has taken the name ${NAME}`);
    if (end === "stopped") await bus.ask("ReleaseName", "s", [NAME]);
    await bus.settled();
    if (end === "bus") await clearSessions(client, "");
    return end;
  } finally {
    bus.close();
  }
}

/** Sees that the vault lets this process in at all, before programs turn to it. */
async function begin(view: View): Promise<void> {
  try {
    await view.lookAnyway();
  } catch (error) {
    if (!(error instanceof StrongroomError && error.code === "DENIED")) throw error;
    throw new StrongroomError("DENIED", error.message, {
      hint: "strongroom key create secrets --allow 'list,get,set,delete,purge:secret-service/**' --no-expiry > secrets.key, then STRONGROOM_API_KEY_FILE=secrets.key strongroom secret-service",
      cause: error,
    });
  }
}

async function greetAny(): Promise<Greeted> {
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = process.env;
  const sockets = busSockets({ DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR });
  for (const path of sockets) {
    const greeted = await greet(path).catch(() => undefined);
    if (greeted !== undefined) return greeted;
  }
  const message =
    sockets.length === 0
      ? "there is no bus of the session: DBUS_SESSION_BUS_ADDRESS is not set"
      : "the bus of the session does not answer";
  throw new StrongroomError("UNAVAILABLE", message, {
    hint: "start it where the programs are that are to use it: docs/secret-service.md",
  });
}

function isLoss({ body, member, sender }: Message): boolean {
  return sender === "org.freedesktop.DBus" && member === "NameLost" && body()[0] === NAME;
}

function forgetVanished({ prompts, sessions }: House, { body, member, sender }: Message): void {
  if (sender !== "org.freedesktop.DBus" || member !== "NameOwnerChanged") return;
  const [name, , owner] = body();
  if (owner !== "") return;
  sessions.forget(name as string);
  prompts.forget(name as string);
}

async function ended(bus: Bus): Promise<End> {
  await bus.ended;
  return "bus";
}

function aborted(signal: AbortSignal, end: End): Promise<End> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(end);
    signal.addEventListener("abort", () => resolve(end), { once: true });
  });
}
