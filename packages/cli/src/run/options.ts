import { StrongroomError } from "@strongroom/client/protocol";
import type { Given, OptionValue } from "../command.ts";
import { assignment } from "./variables.ts";
import type { Variable } from "./variables.ts";

/** When output is concealed: where nobody looks at a terminal, always, never. */
export type Masking = "always" | "auto" | "never";

/** What becomes of the program when one of its secrets changes. */
export type OnChange = "SIGHUP" | "restart";

/** What `run` was asked for. */
export interface RunOptions {
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, Variable>;
  readonly files: ReadonlyMap<string, Variable>;
  readonly envFiles: readonly string[];
  readonly prefixes: readonly string[];
  readonly allow: readonly string[];
  readonly isClean: boolean;
  readonly mask: Masking;
  readonly onChange: OnChange | undefined;
}

/** Reads the options of `run`; what is wrong with them is `INVALID`. */
export function runOptions({ positionals, values }: Given): RunOptions {
  return {
    argv: positionals,
    env: new Map(texts(values["env"]).map((text) => assignment(text, "--env"))),
    files: new Map(texts(values["as-file"]).map((text) => assignment(text, "--as-file"))),
    envFiles: texts(values["env-file"]),
    prefixes: texts(values["prefix"]),
    allow: texts(values["allow"]),
    isClean: values["clean-env"] === true,
    mask: oneOf("mask", values["mask"], ["always", "auto", "never"]) ?? "auto",
    onChange: oneOf("watch", values["watch"], ["SIGHUP", "restart"]),
  };
}

function texts(value: OptionValue): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function oneOf<const T extends string>(
  option: string,
  value: OptionValue,
  allowed: readonly T[],
): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  throw new StrongroomError("INVALID", `--${option} takes ${allowed.join(", ")}`, {
    hint: "strongroom help run",
  });
}
