import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser } from "./oauth/browser.ts";
import { finish } from "./processes.ts";
import type { Ended } from "./processes.ts";

const { STRONGROOM_MCPORTER: FOLDER = "" } = process.env;
const PROGRAM = join(FOLDER, "dist", "cli.js");

/** Why the tests with mcporter itself are skipped, to stand in their titles; else empty. */
export const WHY_NO_MCPORTER: string =
  FOLDER !== "" && existsSync(PROGRAM)
    ? ""
    : " (skipped: npm install --prefix DIR mcporter@0.12.3, then STRONGROOM_MCPORTER=DIR/node_modules/mcporter)";

/** The published mcporter, unchanged, in a home of its own. */
export class RealMcporter {
  readonly #home: string;
  /** Where it keeps its tokens. */
  readonly file: string;

  /** `servers`: what its user has configured, by name. */
  constructor(home: string, servers: { readonly [name: string]: object }) {
    this.#home = home;
    const folder = join(home, ".mcporter");
    this.file = join(folder, "credentials.json");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "mcporter.json"), JSON.stringify({ mcpServers: servers }));
  }

  /** Signs in, as a person with a browser would. */
  async signIn(server: string, ...options: readonly string[]): Promise<void> {
    const child = this.#start(["auth", server, "--no-browser", ...options]);
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      const before = /http\S+\s/u.test(said);
      said += chunk.toString();
      const [url] = /http\S+(?=\s)/u.exec(said) ?? [];
      if (url !== undefined && !before) void new Browser().signInAndReturn(url);
    });
    const { status, stderr } = await finish(child);
    if (status !== 0) throw new Error(`mcporter auth ended with ${status}: ${stderr}`);
  }

  /** Puts a token there by hand, and nothing else. */
  async seed(server: string, accessToken: string): Promise<void> {
    const tokens = { access_token: accessToken, token_type: "Bearer" };
    const child = this.#start(["vault", "set", server, "--stdin"]);
    const { status, stderr } = await finish(child, JSON.stringify({ tokens }));
    if (status !== 0) throw new Error(`mcporter vault ended with ${status}: ${stderr}`);
  }

  /** Calls the tool of a server once, in a process of its own; it waits for no browser. */
  async call(server: string): Promise<Ended> {
    return await finish(this.#start(["--oauth-timeout", "200", "call", `${server}.ping`]));
  }

  /** What it has of a server. */
  entry(server: string): { readonly [field: string]: unknown } & {
    readonly tokens: { readonly [field: string]: unknown };
  } {
    const { entries } = JSON.parse(readFileSync(this.file, "utf8")) as {
      readonly entries: { readonly [key: string]: ReturnType<RealMcporter["entry"]> };
    };
    const found = Object.entries(entries).find(([key]) => key.startsWith(`${server}|`));
    if (found === undefined) throw new Error(`mcporter has no entry of ${server}`);
    return found[1];
  }

  #start(args: readonly string[]): ChildProcess {
    // Nothing in its path: it would open a browser.
    const env = { HOME: this.#home, PATH: "" };
    return spawn(process.execPath, [PROGRAM, ...args], { cwd: this.#home, env, stdio: "pipe" });
  }
}
