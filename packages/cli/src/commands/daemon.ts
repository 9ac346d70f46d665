import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { restart, start, stop } from "../daemon-control.ts";
import { showLogs } from "../daemon-logs.ts";
import { runDaemonProgram } from "../run-program.ts";
import { status } from "./status.ts";

type Part = (input: Input) => Promise<number>;

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ["logs", showLogs],
  ["restart", restart],
  ["run", ({ values }) => runDaemonProgram(forwarded(values))],
  ["start", start],
  ["status", (input) => status.run({ ...input, values: { ...input.values, detail: true } })],
  ["stop", stop],
]);

/** `daemon run|start|stop|restart|status|logs`. */
export const daemon: Command = {
  operands: "run | start | stop | restart | status | logs",
  arity: [1, 1],
  options: {
    follow: { type: "boolean", short: "f", help: "logs: go on printing as lines are written" },
    idle: { type: "string", value: "15m", help: "run: stop after so long without a connection" },
    "log-level": {
      type: "string",
      value: "LEVEL",
      completes: ["debug", "error", "info", "warn"],
      help: "run: error, warn, info or debug",
    },
  },
  examples: ["strongroom daemon run --idle 15m", "strongroom daemon logs -f"],
  notes: ["run stays in the foreground, for a supervisor; start returns when the vault is open."],
  run(input) {
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return part(input);
    throw new StrongroomError(
      "INVALID",
      "daemon: that is none of run, start, stop, restart, status, logs",
      {
        hint: "strongroom help daemon",
      },
    );
  },
};

function forwarded(values: Input["values"]): string[] {
  return ["idle", "log-level"].flatMap((name) => {
    const value = values[name];
    return typeof value === "string" ? [`--${name}`, value] : [];
  });
}
