import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { SOCKET_PATH_BYTES, StrongroomError } from "@strongroom/client/protocol";
import type { Manager } from "./manager.ts";
import type { ServicePlan } from "./plan.ts";
import { serviceUnit, socketUnit } from "./systemd-text.ts";
import { demandTool, runTool } from "./tool.ts";

const SYSTEMCTL = ["systemctl", "--user"] as const;
const LINGER =
  "log in, or: loginctl enable-linger, and set XDG_RUNTIME_DIR; without it every command starts a daemon when there is none";

/** The systemd of a user, which listens for the first client and starts the daemon for it. */
export class Systemd implements Manager {
  readonly kind = "systemd";
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  files(plan: ServicePlan): ReturnType<Manager["files"]> {
    const { XDG_CONFIG_HOME: given = "" } = this.#env;
    // One that is not absolute counts as none (XDG Base Directory Specification).
    const config = isAbsolute(given) ? given : join(homedir(), ".config");
    const at = (name: string): string => join(config, "systemd", "user", `${plan.unit}.${name}`);
    return [
      { path: at("socket"), content: Buffer.from(socketUnit(plan, this.#socket(plan))) },
      { path: at("service"), content: Buffer.from(serviceUnit(plan)) },
    ];
  }

  supervision(plan: ServicePlan): ReturnType<Manager["supervision"]> {
    const { unit, vault } = plan;
    return { kind: "systemd", unit, vault, socket: this.#socket(plan) };
  }

  demand(): void {
    demandTool([...SYSTEMCTL, "show-environment"], LINGER);
  }

  activate(plan: ServicePlan): void {
    const { unit } = plan;
    const runs = isActive(`${unit}.service`);
    demandTool([...SYSTEMCTL, "daemon-reload"]);
    for (const { path } of this.files(plan)) if (!isFound(path)) link(path);
    // With another path in it a socket listens at that one after a restart alone.
    if (isActive(`${unit}.socket`)) {
      demandTool([...SYSTEMCTL, "stop", `${unit}.service`, `${unit}.socket`]);
    }
    // One that was started too often stays down otherwise.
    runTool([...SYSTEMCTL, "reset-failed", `${unit}.service`, `${unit}.socket`]);
    demandTool([...SYSTEMCTL, "enable", "--now", `${unit}.socket`]);
    if (runs) demandTool([...SYSTEMCTL, "start", `${unit}.service`]);
  }

  deactivate({ unit }: ServicePlan): void {
    runTool([...SYSTEMCTL, "disable", "--now", `${unit}.socket`, `${unit}.service`]);
  }

  forget(): void {
    runTool([...SYSTEMCTL, "daemon-reload"]);
  }

  state(plan: ServicePlan): ReturnType<Manager["state"]> {
    const [socket = "", service = ""] = ["socket", "service"].map(
      (kind) => runTool([...SYSTEMCTL, "is-active", `${plan.unit}.${kind}`]).said.split("\n", 1)[0],
    );
    // systemd goes on to listen where the file is gone.
    const isGone = socket === "active" && !existsSync(this.#socket(plan));
    const isReady = socket === "active" && service !== "failed" && !isGone;
    return {
      isReady,
      says: `socket ${socket}${isGone ? ", its file gone" : ""}, daemon ${service}`,
    };
  }

  #socket({ identity }: ServicePlan): string {
    const { XDG_RUNTIME_DIR: runtime = `/run/user/${process.getuid?.() ?? 0}` } = this.#env;
    const path = join(runtime, "strongroom", `${identity}.unit.sock`);
    if (Buffer.byteLength(path) <= SOCKET_PATH_BYTES) return path;
    throw new StrongroomError("INVALID", `${path} is too long for a socket`, {
      hint: "set XDG_RUNTIME_DIR to the short folder of your login: /run/user/UID",
    });
  }
}

/** Whether systemd takes this very file for the unit of that name. */
function isFound(path: string): boolean {
  // As systemd before 246 has it too.
  const asked = ["show", "--value", "--property=FragmentPath", basename(path)];
  const { printed } = runTool([...SYSTEMCTL, ...asked]);
  try {
    return realpathSync(printed) === realpathSync(path);
  } catch {
    return false;
  }
}

/** Where XDG_CONFIG_HOME is this shell's alone, systemd looks in `~/.config`; `disable` undoes it. */
function link(path: string): void {
  const { said, status } = runTool([...SYSTEMCTL, "link", path]);
  if (status === 0 && isFound(path)) return;
  const why = said === "" ? "it has another unit of that name" : said.split("\n", 1)[0];
  throw new StrongroomError(
    "UNAVAILABLE",
    `systemd was started with another XDG_CONFIG_HOME than this shell has, and does not take ${path}: ${why}`,
    { hint: "XDG_CONFIG_HOME= strongroom service uninstall; strongroom service install" },
  );
}

function isActive(name: string): boolean {
  return runTool([...SYSTEMCTL, "is-active", "--quiet", name]).status === 0;
}
