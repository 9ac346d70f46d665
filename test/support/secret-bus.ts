import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Bus } from "strongroom/src/dbus/bus.ts";
import { greet } from "strongroom/src/dbus/handshake.ts";
import { onTestFinished } from "vitest";
import { BusClient } from "./bus-client.ts";
import { finish, until } from "./processes.ts";
import type { Ended } from "./processes.ts";
import { ROOT, Throwaway } from "./throwaway.ts";

/** The launcher of our command line. */
export const LAUNCHER: string = join(ROOT, "packages/cli/bin/strongroom.js");

/** Why there can be no private bus here; empty where there can. */
export const noBus: string = lacks("dbus-daemon");

/** ` (skipped: …)` where a program cannot be started, else nothing. */
export function lacks(program: string, args: readonly string[] = ["--help"]): string {
  if (process.platform !== "linux") return " (skipped: this is not Linux)";
  const isThere = spawnSync(program, args).error === undefined;
  return isThere ? "" : ` (skipped: there is no ${program} here)`;
}

/** The Python that has a module, and why there is none; one of both is empty. */
export function pythonWith(module: string): { readonly python: string; readonly no: string } {
  const python = ["python3", "/usr/bin/python3"].find(
    (each) => spawnSync(each, ["-c", `import ${module}`]).status === 0,
  );
  if (python !== undefined && noBus === "") return { python, no: "" };
  return { python: "", no: noBus || ` (skipped: Python has no module ${module} here)` };
}

/** Takes what is to be done when whoever asked is done with it. */
type Ending = (end: () => Promise<void> | void) => void;

/** A bus of its own, which starts nothing unless it is told to, and a home beside it. */
export class SecretBus {
  readonly place: Throwaway;
  readonly address: string;
  readonly daemon: ChildProcess;
  readonly #ending: Ending;

  constructor(place: Throwaway, address: string, daemon: ChildProcess, ending: Ending) {
    this.place = place;
    this.address = address;
    this.daemon = daemon;
    this.#ending = ending;
  }

  /** What programs find both by. */
  get env(): NodeJS.ProcessEnv {
    return { ...this.place.env, DBUS_SESSION_BUS_ADDRESS: this.address };
  }

  /** Runs a program to its end. */
  run(program: string, args: readonly string[], input = ""): Promise<Ended> {
    return finish(spawn(program, args, { env: this.env, stdio: "pipe" }), input);
  }

  /** Runs our command line to its end. */
  cli(args: readonly string[], input = ""): Promise<Ended> {
    return this.run(process.execPath, ["--", LAUNCHER, ...args], input);
  }

  /** Starts the service, and resolves when it has the name. */
  async serve(args: readonly string[] = [], more: NodeJS.ProcessEnv = {}): Promise<Served> {
    const child = spawn(process.execPath, ["--", LAUNCHER, "secret-service", ...args], {
      env: { ...this.env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const served = new Served(child);
    this.#ending(() => void child.kill("SIGKILL"));
    await until("the secret service", () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${served.said}`);
      return /serving secrets|"bus":/.test(served.said);
    });
    return served;
  }

  /** Has the bus start the service when a program asks for it, by the file that we document. */
  startOnDemand(): void {
    const [, file = ""] =
      /```ini\n(\[D-BUS Service\]\n.*?)```/s.exec(
        readFileSync(join(ROOT, "docs/secret-service.md"), "utf8"),
      ) ?? [];
    symlinkSync(LAUNCHER, join(this.place.home, "bin/strongroom"));
    writeFileSync(join(this.place.home, "services/org.freedesktop.secrets.service"), file);
  }

  /** A program on the bus that does what no decent one does. */
  async client(): Promise<BusClient> {
    const client = new BusClient(new Bus(await greet(socketOf(this.address))));
    await client.start();
    onTestFinished(() => client.bus.close());
    return client;
  }
}

/** A service that runs. */
export class Served {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said = "";

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.said += text));
    }
    this.ended = new Promise((resolve) => child.once("close", resolve));
  }
}

/** A private bus and an empty vault, both gone when the test ends, or by `ending`. */
export async function secretBus(ending: Ending = onTestFinished): Promise<SecretBus> {
  const place = new Throwaway();
  ending(() => place.remove());
  await place.cli(["init"]);
  const [bin, services] = [join(place.home, "bin"), join(place.home, "services")];
  for (const folder of [bin, services]) mkdirSync(folder);
  const config = join(place.home, "bus.conf");
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:path=${join(place.home, "bus")}</listen>
<servicedir>${services}</servicedir><auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  );
  const args = [`--config-file=${config}`, "--nofork", "--nopidfile", "--print-address=1"];
  const daemon = spawn("dbus-daemon", args, {
    env: { ...place.env, PATH: `${bin}:${process.env["PATH"]}` },
    stdio: ["ignore", "pipe", "ignore"],
  });
  ending(() => void daemon.kill("SIGKILL"));
  const address = await new Promise<string>((resolve) => {
    createInterface({ input: daemon.stdout }).once("line", resolve);
  });
  return new SecretBus(place, address, daemon, ending);
}

function socketOf(address: string): string {
  return /path=([^,]+)/.exec(address)?.[1] ?? "";
}
