import { StrongroomError } from "@strongroom/client/protocol";
import { COMMON } from "./command.ts";
import type { Given, Option } from "./command.ts";
import { ALIASES } from "./table.ts";

type Fits = (given: Given) => boolean;

const always: Fits = () => true;
const PRINT = "print-rpc";

/**
 * The verbs that begin with a request, and nothing before it: that one can be printed, and none
 * sent. What is not here does its work by other means, and has no `--print-rpc`.
 */
const PRINTABLE: { readonly [verb: string]: Fits } = {
  approval: always,
  audit: always,
  aws: always,
  backup: always,
  check: always,
  clear: always,
  clock: always,
  copy: always,
  delete: always,
  diff: always,
  edit: always,
  // Another system's files are written by it.
  export: ({ values }) => values["to"] === undefined,
  generate: ({ values }) => values["save"] !== undefined,
  get: always,
  history: always,
  import: always,
  inject: always,
  // A folder and a file are written by it.
  key: ({ positionals: [part] }) => part !== "socket",
  kube: always,
  list: always,
  lock: always,
  move: always,
  // What mcporter has is locked and rewritten by it.
  oauth: ({ values }) =>
    values["from-mcporter"] === undefined && values["to-mcporter"] === undefined,
  otp: always,
  purge: always,
  recipe: always,
  recovery: always,
  rekey: always,
  renewer: always,
  restore: always,
  set: always,
  slot: always,
  status: always,
  tag: always,
  token: always,
  unlock: always,
  verify: always,
};

/** What a verb takes besides its own options: `--print-rpc` where it has a request to print. */
export function commonOf(verb: string): { readonly [name: string]: Option } {
  if (fitsOf(verb) !== undefined) return COMMON;
  return Object.fromEntries(Object.entries(COMMON).filter(([name]) => name !== PRINT));
}

/** Whether the first request is to be printed; `INVALID` where more or other than that is done. */
export function isPrinting(verb: string, given: Given): boolean {
  if (given.values[PRINT] !== true) return false;
  if (fitsOf(verb)?.(given) === true) return true;
  throw noRequest(verb);
}

/** What is said where there is no request that could be printed. */
export function noRequest(verb: string): StrongroomError {
  return new StrongroomError("INVALID", `${verb}: as it was called it has no request to print`, {
    hint: `strongroom help ${verb}`,
  });
}

function fitsOf(verb: string): Fits | undefined {
  const name = ALIASES[verb] ?? verb;
  return Object.hasOwn(PRINTABLE, name) ? PRINTABLE[name] : undefined;
}
