import { parseArgs } from "node:util";
import { StrongroomError } from "@strongroom/client/protocol";
import { parseErrand } from "./lock/errand.ts";
import type { Errand } from "./lock/errand.ts";

/** What the command line of `strongroomd` asks for. */
export interface Arguments {
  /** Started by a client, not by hand: leaves by itself when it cannot serve. */
  readonly auto: boolean;
  /** Whether a vault may be born: by hand always, by a client when it is about to write. */
  readonly mayCreate: boolean;
  /** Milliseconds without a connection after which it stops; undefined = never. */
  readonly idleMs: number | undefined;
  readonly logLevel: string | undefined;
  /** What the daemon that locked the vault leaves to this one. */
  readonly errand: Errand | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

/** The help of `strongroomd`. */
export const USAGE = `usage: strongroomd [--create] [--auto] [--idle 15m] [--log-level LEVEL]
       strongroomd repair --to EMPTYDIR [--json]
       strongroomd restore-backup FILE --to EMPTYDIR [--identity FILE|-] [--json]

Runs the daemon of one vault in the foreground. STRONGROOM_HOME says which vault.
  --auto             started by a client: no new vault without --create
  --create           with --auto: a vault may be made where there is none
  --idle DURATION    stop after that long without a connection (250ms, 30s, 15m, 2h)
  --log-level LEVEL  error, warn, info or debug
`;

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** What setTimeout can hold. */
const LONGEST_MS = 2_147_483_647;

/** Reads the command line; throws `INVALID` naming what it does not understand. */
export function readArguments(argv: readonly string[]): Arguments {
  const values = parse(argv);
  return {
    auto: values.auto,
    mayCreate: values.create || !values.auto,
    idleMs: values.idle === undefined ? undefined : milliseconds(values.idle),
    logLevel: values["log-level"],
    errand: values.succeed === undefined ? undefined : parseErrand(values.succeed),
    help: values.help,
    version: values.version,
  };
}

interface Values {
  readonly auto: boolean;
  readonly create: boolean;
  readonly help: boolean;
  readonly idle?: string | undefined;
  readonly "log-level"?: string | undefined;
  readonly succeed?: string | undefined;
  readonly version: boolean;
}

function parse(argv: readonly string[]): Values {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        auto: { type: "boolean", default: false },
        create: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        idle: { type: "string" },
        "log-level": { type: "string" },
        succeed: { type: "string" },
        version: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : "unknown arguments", error);
  }
}

function milliseconds(text: string): number {
  const [, digits, unit = ""] = /^(\d{1,10})(ms|s|m|h)$/u.exec(text) ?? [];
  const time = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (time > 0 && time <= LONGEST_MS) return time;
  throw invalid(`--idle needs a duration such as 15m, up to 596h, not ${JSON.stringify(text)}`);
}

function invalid(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroomd --help", cause });
}
