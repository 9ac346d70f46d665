import { StrongroomError } from "@strongroom/client/protocol";
import type { Input, Option } from "../command.ts";

/** One thing that `strongroom oauth` does. */
export interface OAuthPart {
  /** What follows its name, for help: `NAME`. */
  readonly operands: string;
  /** How many operands there may be: at least, at most. */
  readonly arity: readonly [number, number];
  readonly options: { readonly [name: string]: Option };
  readonly load: () => Promise<(input: Input) => Promise<number>>;
}

/** The name of a credential: the first operand behind that of the part. */
export function nameOf({ positionals: [, name = ""] }: Input): string {
  return name;
}

/** A mistake on the command line. */
export function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help oauth" });
}
