import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Bus } from "strongroom/src/dbus/bus.ts";
import type { Call } from "strongroom/src/dbus/bus.ts";
import { greet } from "strongroom/src/dbus/handshake.ts";
import type { Message } from "strongroom/src/dbus/message.ts";
import { Variant } from "strongroom/src/dbus/variant.ts";
import type { Value } from "strongroom/src/dbus/variant.ts";
import { onTestFinished } from "vitest";
import { throwaway } from "./connected.ts";
import { finish, until } from "./processes.ts";
import type { Ended } from "./processes.ts";
import { ROOT } from "./throwaway.ts";
import type { Throwaway } from "./throwaway.ts";

/** The paths and interfaces of the specification. */
export const SERVICE = "/org/freedesktop/secrets";
const NAME = "org.freedesktop.secrets";
const INTERFACE = "org.freedesktop.Secret";
const PROPERTIES = "org.freedesktop.DBus.Properties";
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

/** A bus of its own, which starts no program of this machine, and a home beside it. */
export class SecretBus {
  readonly place: Throwaway;
  readonly address: string;
  readonly daemon: ChildProcess;

  constructor(place: Throwaway, address: string, daemon: ChildProcess) {
    this.place = place;
    this.address = address;
    this.daemon = daemon;
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
  async serve(...args: readonly string[]): Promise<Served> {
    const child = spawn(process.execPath, ["--", LAUNCHER, "secret-service", ...args], {
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const served = new Served(child);
    onTestFinished(() => void child.kill("SIGKILL"));
    await until("the secret service", () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${served.said}`);
      return /serving secrets|"bus":/.test(served.said);
    });
    return served;
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

/** A client that says what it is told to. */
export class BusClient {
  readonly bus: Bus;
  readonly heard: Message[] = [];
  /** Its unique name. */
  name = "";

  constructor(bus: Bus) {
    this.bus = bus;
  }

  async start(): Promise<void> {
    this.name = await this.bus.hello({
      answer: () => Promise.resolve({ signature: "", values: [] }),
      hear: (signal) => this.heard.push(signal),
    });
    await this.bus.ask("AddMatch", "s", [`type='signal',path_namespace='${SERVICE}'`]);
  }

  /** Calls a method of an object of the service; `of` is the last word of its interface. */
  ask(
    path: string,
    of: string,
    member: string,
    signature = "",
    values: readonly Value[] = [],
  ): Promise<readonly Value[]> {
    const call: Call = { destination: NAME, path, interface: `${INTERFACE}.${of}`, member };
    return this.bus.call({ ...call, signature, values });
  }

  /** The name of the error that such a call ends with. */
  async refusal(...call: Parameters<BusClient["ask"]>): Promise<string> {
    try {
      await this.ask(...call);
      return "none";
    } catch (error) {
      return (error as Error).name;
    }
  }

  /** A property of an object. */
  async property(path: string, of: string, name: string): Promise<Value> {
    const call = { destination: NAME, path, interface: PROPERTIES, member: "Get" };
    const values = [`${INTERFACE}.${of}`, name];
    const [found] = await this.bus.call({ ...call, signature: "ss", values });
    return (found as Variant).value;
  }

  /** Sets a property of an object. */
  async change(path: string, of: string, name: string, value: Variant): Promise<void> {
    const call = { destination: NAME, path, interface: PROPERTIES, member: "Set" };
    const values = [`${INTERFACE}.${of}`, name, value];
    await this.bus.call({ ...call, signature: "ssv", values });
  }

  /** Opens a session in which secrets travel as they are. */
  async session(): Promise<string> {
    const [, path] = await this.ask(SERVICE, "Service", "OpenSession", "sv", [
      "plain",
      new Variant("s", ""),
    ]);
    return path as string;
  }

  /** Stores an item; its path. */
  async store(
    session: string,
    attributes: { readonly [name: string]: string },
    value: Uint8Array | string,
    { collection = `${SERVICE}/aliases/default`, label = "Label", replace = true } = {},
  ): Promise<string> {
    const [path] = await this.ask(collection, "Collection", "CreateItem", "a{sv}(oayays)b", [
      propertiesOf(label, attributes),
      secretOf(session, value),
      replace,
    ]);
    return path as string;
  }

  /** The value of an item. */
  async value(item: string, session: string): Promise<string> {
    const [secret] = await this.ask(item, "Item", "GetSecret", "o", [session]);
    return Buffer.from((secret as readonly Uint8Array[])[2] ?? "").toString();
  }

  /** What the signals said that were heard: their members and paths. */
  signals(): string[] {
    return this.heard
      .filter(({ path }) => path?.startsWith(SERVICE))
      .map(({ body, member }) => [member, ...body().filter((each) => typeof each === "string")])
      .map((words) => words.join(" "));
  }
}

/** The properties that an item is created with. */
export function propertiesOf(
  label: string,
  attributes: { readonly [name: string]: string },
): ReadonlyMap<string, Variant> {
  return new Map([
    [`${INTERFACE}.Item.Label`, new Variant("s", label)],
    [`${INTERFACE}.Item.Attributes`, new Variant("a{ss}", new Map(Object.entries(attributes)))],
  ]);
}

/** A secret as it travels in a plain session. */
export function secretOf(session: string, value: Uint8Array | string): readonly Value[] {
  return [session, Buffer.alloc(0), Buffer.from(value), "text/plain"];
}

/** A private bus and an empty vault, both gone when the test ends. */
export async function secretBus(): Promise<SecretBus> {
  const place = throwaway();
  await place.cli(["init"]);
  const config = join(place.home, "bus.conf");
  writeFileSync(
    config,
    `<busconfig><type>session</type><listen>unix:path=${join(place.home, "bus")}</listen>
<auth>EXTERNAL</auth><policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`,
  );
  const args = [`--config-file=${config}`, "--nofork", "--nopidfile", "--print-address=1"];
  const daemon = spawn("dbus-daemon", args, {
    env: place.env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  onTestFinished(() => void daemon.kill("SIGKILL"));
  const address = await new Promise<string>((resolve) => {
    createInterface({ input: daemon.stdout }).once("line", resolve);
  });
  return new SecretBus(place, address, daemon);
}

function socketOf(address: string): string {
  return /path=([^,]+)/.exec(address)?.[1] ?? "";
}
