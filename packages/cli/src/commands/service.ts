import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { REFUSALS } from "../refusal.ts";
import { writeData, writeJson, writeNote } from "../output.ts";
import { install, installed, uninstall } from "../service/install.ts";
import type { Manager } from "../service/manager.ts";
import { formerPlan, servicePlan } from "../service/plan.ts";
import type { ServicePlan } from "../service/plan.ts";
import { kindOf, MANAGERS } from "../service/table.ts";

interface Asked {
  readonly manager: Manager;
  readonly plan: ServicePlan;
  readonly isJson: boolean;
}

const PARTS: { readonly [part: string]: (asked: Asked) => number } = {
  install({ isJson, manager, plan }) {
    const isNew = install(manager, plan);
    const { kind } = manager;
    if (isJson) writeJson({ kind, unit: plan.unit, changed: isNew });
    else if (!isNew) writeNote(`strongroom: ${plan.unit} is installed already`);
    else writeNote(`strongroom: ${kind} starts the daemon of ${plan.home.vault} from now on`);
    return 0;
  },
  print({ isJson, manager, plan }) {
    const files = manager.files(plan).map(({ content, path }) => ({ path, text: textOf(content) }));
    if (isJson) writeJson({ kind: manager.kind, files });
    else if (files.length === 1) writeData(files[0]?.text ?? "");
    else writeData(files.map(({ path, text }) => `# ${path}\n${text}`).join("\n"));
    return 0;
  },
  status({ isJson, manager, plan }) {
    const there = installed(manager, plan);
    const { isReady, says } = there === "no" ? { isReady: false, says: "" } : manager.state(plan);
    const { kind } = manager;
    if (isJson) writeJson({ kind, unit: plan.unit, installed: there, ready: isReady, says });
    else {
      const rows = [
        ["unit:", `${plan.unit} (${kind})`],
        ["installed:", there === "older" ? "yes, by another version or for other folders" : there],
        ...(there === "no" ? [] : [["state:", says]]),
      ];
      writeData(rows.map(([name = "", is = ""]) => `${name.padEnd(11)} ${is}\n`).join(""));
    }
    if (there === "yes" && isReady) return 0;
    if (!isJson) writeNote("next: strongroom service install");
    return REFUSALS.PROBLEMS;
  },
  uninstall({ isJson, manager, plan }) {
    const isGone = uninstall(manager, plan);
    if (isJson) writeJson({ kind: manager.kind, unit: plan.unit, changed: isGone });
    else
      writeNote(
        `strongroom: ${plan.unit} is ${isGone ? "" : "not "}installed${isGone ? " no more" : ""}`,
      );
    return 0;
  },
};

/** `service install | uninstall | status | print`: who starts the daemon. */
export const service: Command = {
  operands: Object.keys(PARTS).join(" | "),
  arity: [1, 1],
  options: {
    for: {
      type: "string",
      value: "KIND",
      completes: Object.keys(MANAGERS),
      help: `print: ${Object.keys(MANAGERS).join(", ")}`,
    },
  },
  examples: ["strongroom service install", "strongroom service print --for launchd"],
  notes: [
    "install has systemd (Linux), launchd (macOS) or the task scheduler (Windows) start the daemon of",
    "the vault, for you alone: it runs when the first command needs it, is started anew when it was",
    "killed, and does not end with a terminal. From then on no command starts one itself. systemd",
    "takes the place of a daemon that runs already, which answers what it was asked before. After an",
    "update of strongroom, install again; it changes nothing where there is nothing to change.",
    "uninstall takes all of that away. print shows the files and writes none.",
  ],
  run({ positionals: [word = ""], values }: Input) {
    const part = Object.hasOwn(PARTS, word) ? PARTS[word] : undefined;
    const { for: given, json } = values;
    if (part === undefined || (given !== undefined && word !== "print")) throw usage();
    const kind = typeof given === "string" ? given : kindOf(process.platform);
    const make = Object.hasOwn(MANAGERS, kind) ? MANAGERS[kind] : undefined;
    if (make === undefined) throw usage();
    // What was installed for a vault can be taken away without it.
    const plan = word === "uninstall" ? formerPlan(process.env) : servicePlan(process.env);
    return Promise.resolve(part({ manager: make(process.env), plan, isJson: json === true }));
  },
};

function textOf(content: Uint8Array): string {
  const bytes = Buffer.from(content);
  const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
  // What is printed is UTF-8, whatever the file is.
  return isWide ? bytes.toString("utf16le", 2).replace("UTF-16", "UTF-8") : bytes.toString();
}

function usage(): StrongroomError {
  const words = Object.keys(PARTS).join(", ");
  return new StrongroomError("INVALID", `service takes one of ${words}; --for is of print`, {
    hint: "strongroom help service",
  });
}
