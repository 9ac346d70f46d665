import { setTimeout as pause } from "node:timers/promises";
import { parseDuration } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { openClient } from "../open.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";
import { figures } from "../top/figures.ts";
import { Looks } from "../top/looks.ts";
import { Screen } from "../top/screen.ts";

const LEAST_MS = 200;

/** `top`: how the daemon is, again and again; elsewhere than at a terminal once, as text. */
export const top: Command = {
  operands: "",
  arity: [0, 0],
  options: { every: { type: "string", value: "1s", help: "how often it looks" } },
  examples: ["strongroom top", "strongroom top --every 5s", "strongroom top | cat"],
  notes: [
    "Queue, batches, how long the disk takes, clients, and the last records of the audit; never a",
    "value. q or Ctrl-C ends it. No daemon is started for it.",
  ],
  async run({ values }) {
    const every = typeof values["every"] === "string" ? parseDuration(values["every"]) : 1000;
    if (every === undefined || every < LEAST_MS) {
      throw new StrongroomError("INVALID", "--every takes a time from 200ms on, such as 5s", {
        hint: "strongroom top --every 5s",
      });
    }
    const client = await openClient({ values }, { autostart: false });
    const looks = new Looks(client);
    try {
      if (values["json"] === true || !isTerminal(1)) {
        const look = await looks.next();
        if (values["json"] === true) writeJson(look);
        else writeData(figures(look));
        return 0;
      }
      const screen = new Screen();
      try {
        while (!screen.isOver) {
          screen.show(figures(await looks.next()));
          await Promise.race([pause(every, undefined, { ref: true }), screen.over]);
        }
      } finally {
        screen.leave();
      }
      return 0;
    } finally {
      client.close();
    }
  },
};
