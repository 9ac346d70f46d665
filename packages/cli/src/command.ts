import type { Change } from "@strongroom/client";
import type { MethodName, Params, Repeatable, Result } from "@strongroom/client/protocol";

/** A value that an option of the command line was given. */
export type OptionValue = boolean | string | readonly (boolean | string)[] | undefined;

/** One option of a command, as `parseArgs` of `node:util` takes it, and what help says of it. */
export interface Option {
  readonly type: "boolean" | "string";
  readonly multiple?: true;
  readonly short?: string;
  /** Whether the value must be 1, 2, 3, … */
  readonly integer?: true;
  /** Whether the value must be a time such as 500ms, 5s, 1m, or 0. */
  readonly duration?: true;
  /** What the value may be, for who completes it; else what stands for it says that. */
  readonly completes?: readonly string[] | "vaults";
  /** What stands for the value in help. */
  readonly value?: string;
  readonly help: string;
}

/** What every command takes besides its own options. */
export const COMMON: { readonly [name: string]: Option } = {
  json: { type: "boolean", help: "one line of JSON" },
  "print-rpc": { type: "boolean", help: "print the first request, and send none" },
  timeout: {
    type: "string",
    duration: true,
    value: "5s",
    help: "how long to wait: 500ms, 5s, 1m; 0 without end",
  },
  vault: {
    type: "string",
    value: "NAME",
    completes: "vaults",
    help: "another vault than the usual one",
  },
};

/** The way to the daemon, whichever it is; connects at the first call. */
export interface Caller {
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>;
  /** A call that carries a request id, and so is done once however often it is sent. */
  change<M extends Change>(
    method: M,
    params: Omit<Params<M>, keyof Repeatable>,
  ): Promise<Result<M>>;
}

/** What was given on the command line. */
export interface Given {
  readonly positionals: readonly string[];
  readonly values: { readonly [option: string]: OptionValue };
}

/** What a command is run with. */
export interface Input extends Given {
  readonly caller: Caller;
}

/** A verb of the command line. */
export interface Command {
  /** What follows the verb, for help: `NAME [PATTERN]`. */
  readonly operands: string;
  /** How many operands there may be: at least, at most. */
  readonly arity: readonly [number, number];
  readonly options: { readonly [name: string]: Option };
  readonly examples: readonly string[];
  /** How long it waits for answers when nobody says so: `60s`. */
  readonly patience?: string;
  /** Whether a vault may be created by it when there is none. */
  readonly creates?: true;
  /** What its operands name, for who completes them; absent = files. */
  readonly takes?: "secret" | "verb";
  /** The right command for somebody who gave too many or too few operands. */
  readonly surplus?: (positionals: readonly string[]) => string;
  /** Further lines for help; an empty one ends a paragraph. */
  readonly notes?: readonly string[];
  /** Resolves with the exit status. */
  readonly run: (input: Input) => Promise<number>;
}

/** A verb as the table knows it before it is loaded. */
export interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}
