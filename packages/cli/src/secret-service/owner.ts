import { readFileSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Bus } from "../dbus/bus.ts";

/** The name under which programs look for a secret service. */
export const NAME = "org.freedesktop.secrets";
const FLAGS = { allowReplacement: 1, replaceExisting: 2, doNotQueue: 4 } as const;
const PRIMARY_OWNER = 1;

/**
 * Takes the name on the bus: only when nobody has it, or with `replace` from whoever lets go of
 * it. Throws `ALREADY_EXISTS`, which says who has it.
 */
export async function takeName(bus: Bus, replace: boolean): Promise<void> {
  const flags = FLAGS.doNotQueue | FLAGS.allowReplacement | (replace ? FLAGS.replaceExisting : 0);
  const [answer] = await bus.ask("RequestName", "su", [NAME, flags]);
  if (answer === PRIMARY_OWNER) return;
  const who = await ownerOf(bus);
  const message = replace
    ? `${who} has the name ${NAME} on this bus and does not give it up`
    : `${who} serves secrets on this bus already`;
  const hint = replace
    ? "end that program, then: strongroom secret-service"
    : "strongroom secret-service --replace";
  throw new StrongroomError("ALREADY_EXISTS", message, { hint });
}

/** The program that has the name, for people. */
export async function ownerOf(bus: Bus): Promise<string> {
  try {
    const [pid] = await bus.ask("GetConnectionUnixProcessID", "s", [NAME]);
    return `${programOf(pid as number)} (process ${pid as number})`;
  } catch {
    return "another program";
  }
}

function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "another program";
  }
}
