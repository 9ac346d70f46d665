import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { fail } from "../failure.ts";
import { Printed } from "../print-rpc.ts";
import { Refusal } from "../refusal.ts";
import { runOptions } from "../run/options.ts";
import { Run } from "../run/run.ts";

const OURS = 125;

/** `run -- PROGRAM`: with secrets in its environment, and there alone. */
export const run: Command = {
  operands: "-- PROGRAM [ARGUMENT ...]",
  arity: [1, Number.POSITIVE_INFINITY],
  options: {
    allow: { type: "string", multiple: true, value: "GLOB", help: "use no other names than these" },
    "as-file": {
      type: "string",
      multiple: true,
      value: "NAME=REF",
      help: "NAME is the path of a file with the value, gone afterwards",
    },
    "clean-env": { type: "boolean", help: "of what is there HOME, PATH, TERM and the like alone" },
    env: { type: "string", multiple: true, value: "NAME=REF", help: "a variable with the value" },
    "env-file": {
      type: "string",
      multiple: true,
      value: "FILE",
      help: "variables of a .env file; later ones count",
    },
    mask: {
      type: "string",
      value: "auto",
      completes: ["always", "auto", "never"],
      help: "conceal values in output: auto (not on terminals), always, never",
    },
    prefix: {
      type: "string",
      multiple: true,
      value: "P",
      help: "a variable for each secret below P/",
    },
    watch: {
      type: "string",
      value: "restart",
      completes: ["SIGHUP", "restart"],
      help: "when a value changes: restart, or send SIGHUP",
    },
  },
  examples: [
    "strongroom run --env GITHUB_TOKEN=strongroom://github/token -- gh repo list",
    "strongroom run --env-file .env -- npm start",
    "strongroom run --prefix db/prod --clean-env -- ./migrate",
    "strongroom run --as-file KEY=strongroom://ssh/deploy -- ssh-add -q",
    "strongroom run --env T=strongroom://api/json#token?version=3 --watch restart -- ./server",
  ],
  notes: [
    "REF is strongroom://NAME, with #FIELD of a JSON value and ?version=N where wanted. Variables",
    "that are references already, in the environment or in a file, become their values too, for",
    "the program alone. A file is used once you have approved it as it is: you are asked at the",
    "terminal, and again when it has changed; with nobody there the exit status is 4. A reference",
    "to what is missing stops everything before the program starts. --prefix makes no variable that",
    "decides what programs do (PATH, LD_PRELOAD, NODE_OPTIONS, EDITOR, ...): name it by --env.",
    "",
    "Output to a pipe or a file is shown without the values of 6 bytes or more, also in base64,",
    "hex, URLs and JSON. Signals and the exit status pass through; 125 is a failure of our own,",
    "126 a program that cannot be run, 127 one that is not there, 128+N one that signal N ended.",
    "",
    "--watch restart sends SIGTERM, and SIGKILL after 10 s. Nothing is started any more once you",
    "have sent SIGTERM, SIGINT or SIGQUIT; SIGHUP counts as such only if the program leaves, for",
    "which a restart waits 10 s. Between two programs these end run; other signals are dropped.",
  ],
  async run(input) {
    const options = runOptions(input);
    const isJson = input.values["json"] === true;
    try {
      const { error, status } = await new Run(input.caller, options).done(input);
      return error === undefined ? status : fail(error, isJson, status);
    } catch (error) {
      if (error instanceof Printed) throw error;
      return fail(error, isJson, statusOf(error));
    }
  },
};

/** Of our own failures those that are a person's answer keep their status. */
function statusOf(error: unknown): number {
  if (error instanceof StrongroomError && error.code === "DENIED") return error.exitCode;
  return error instanceof Refusal && error.code === "ABORTED" ? error.exitCode : OURS;
}
