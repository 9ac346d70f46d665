#!/usr/bin/env node
// `thv` with secrets by reference: strongroom-thv run --secret strongroom://NAME,target=ENV SERVER
import { spawn } from "node:child_process";
import { constants } from "node:os";

const USAGE =
  "usage: strongroom-thv run --secret strongroom://NAME,target=ENV [OPTION ...] SERVER\n";
const REFERENCE = /^(strongroom:\/\/[^,]+),target=(.+)$/u;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/u;

const [command, ...rest] = process.argv.slice(2);
if (command !== "run") refuse(USAGE);
const asked = rewrite(rest);

// ToolHive's `environment` provider reads the secret X from TOOLHIVE_SECRET_X. Here are references:
// `strongroom run` puts values in their place, for `thv` and what it starts.
const child = spawn(
  "strongroom",
  [
    "run",
    ...asked.variables.flatMap((variable) => ["--env", variable]),
    "--",
    "thv",
    "run",
    ...asked.args,
  ],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      ...(asked.variables.length === 0 ? {} : { TOOLHIVE_SECRETS_PROVIDER: "environment" }),
    },
  },
);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", ({ code }) => {
  process.stderr.write(`strongroom-thv: strongroom: ${code}\n`);
  process.exitCode = code === "ENOENT" ? 127 : 126;
});
child.on("exit", (status, signal) => {
  process.exitCode = signal === null ? status : 128 + constants.signals[signal];
});

/** The arguments of `thv run` with a name for each reference, and the variables NAME=REFERENCE. */
function rewrite(given) {
  const args = [];
  const variables = [];
  let others = 0;
  const named = (secret) => {
    const [, reference, target] = REFERENCE.exec(secret) ?? [];
    if (reference === undefined) {
      others += 1;
      return secret;
    }
    if (!VARIABLE.test(target)) refuse("strongroom-thv: the target of a secret is a variable\n");
    variables.push(`TOOLHIVE_SECRET_${target}=${reference}`);
    return `${target},target=${target}`;
  };
  for (let index = 0; index < given.length; index += 1) {
    const argument = given[index];
    // What comes after it is for the server.
    if (argument === "--") {
      args.push(...given.slice(index));
      break;
    }
    if (argument === "--secret" && index + 1 < given.length) {
      index += 1;
      args.push(argument, named(given[index]));
    } else if (argument.startsWith("--secret=")) {
      args.push(`--secret=${named(argument.slice("--secret=".length))}`);
    } else {
      args.push(argument);
    }
  }
  // ToolHive asks one provider: the others would be looked for in the environment, too.
  if (variables.length > 0 && others > 0) {
    refuse("strongroom-thv: secrets of ToolHive's own and references do not go together\n");
  }
  return { args, variables };
}

function refuse(text) {
  process.stderr.write(text);
  process.exit(2);
}
