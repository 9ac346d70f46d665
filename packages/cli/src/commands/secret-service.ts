import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { openClient } from "../open.ts";
import { writeJson, writeNote } from "../output.ts";
import { Refusal } from "../refusal.ts";

/** `secret-service`: the vault for programs that keep their secrets by D-Bus, until it is ended. */
export const secretService: Command = {
  operands: "",
  arity: [0, 0],
  options: {
    replace: { type: "boolean", help: "take the name from the program that has it" },
  },
  examples: [
    "strongroom secret-service",
    "strongroom secret-service --replace",
    "secret-tool store --label=Example service example < password.txt",
  ],
  notes: [
    "Linux. Programs that use the Secret Service (secret-tool, libsecret, Python keyring, gh) find",
    "it as org.freedesktop.secrets on the bus of the session, with no change in them. What they",
    "store are secrets like others: secret-service/COLLECTION/ITEM. It keeps none itself.",
    "",
    "It ends when another program takes the name, or the bus ends. While the vault is locked a",
    "program that asks for it has it opened where no person is needed; otherwise it says so here.",
  ],
  async run({ caller, values }) {
    if (process.platform !== "linux") {
      throw new Refusal("UNSUPPORTED", "only Linux has a Secret Service", "strongroom help");
    }
    await caller.call("vault/status", {});
    const { serve } = await import("../secret-service/serve.ts");
    const stop = new AbortController();
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => stop.abort());
    }
    const name = "strongroom-secret-service";
    const client = await openClient({ values }, { name });
    const quiet = await openClient({ values }, { autostart: false, name });
    try {
      const end = await serve({
        client,
        quiet,
        replace: values["replace"] === true,
        signal: stop.signal,
        ready: (bus) => {
          if (values["json"] === true) writeJson({ name: "org.freedesktop.secrets", bus });
          else writeNote("strongroom: serving secrets as org.freedesktop.secrets");
        },
        note: (line) => writeNote(`strongroom: ${line}`),
      });
      if (end !== "bus") return 0;
      throw new StrongroomError("UNAVAILABLE", "the bus of the session is gone", {
        hint: "strongroom secret-service",
      });
    } finally {
      client.close();
      quiet.close();
    }
  },
};
