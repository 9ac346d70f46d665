// `get NAME` at its shortest. This file and its neighbour are CommonJS because of what Node charges
// before the first byte is sent: an ES module that imports a built-in costs milliseconds more.
const fs = require("node:fs") as typeof import("node:fs");
const { dial } = require("./quick-pipe.cjs") as {
  dial: (path: string, text: string, ears: Ears) => () => void;
};

interface Ears {
  connected(): void;
  received(bytes: Buffer): void;
  lost(): void;
}

type Result = { readonly [field: string]: unknown };
type Fields = Result | null;
type Request = readonly [method: string, params: object];

interface Helpers {
  command(argv: readonly string[], thorough: () => void): void;
}

interface Place {
  realEndpoint(endpoint: string, vault: string): string | undefined;
}
const NOT_PLAIN = [
  "STRONGROOM_API_KEY",
  "STRONGROOM_API_KEY_FILE",
  "STRONGROOM_PASSPHRASE_FILE",
  "STRONGROOM_TIMEOUT",
];
const VERSION = "0.1.0";
const MOST_REPLY_BYTES = 8_388_608;
/** After that long the thorough way takes over, with its own deadline and its own words. */
const PATIENCE_MS = 250;

/**
 * Prints the value of a secret when everything is as it should be: a daemon runs, its record
 * and socket are ours alone, it serves this vault, stdout is no terminal. Otherwise nothing was
 * done or shown, and `thorough` does or says what is right.
 */
function main(argv: readonly string[], thorough: () => void): void {
  const [verb, name, ...rest] = argv;
  if (verb === "aws" || verb === "kube" || verb === "token") {
    (require("./quick-helpers.cjs") as Helpers).command(argv, thorough);
    return;
  }
  const plain = verb === "get" && name !== undefined && !name.startsWith("-") && rest.length === 0;
  if (!plain) return thorough();
  ask(["secret/get", { name }], (found) => sayValue(valueOf(found), thorough), thorough);
}

function sayValue(value: Buffer | undefined, thorough: () => void): void {
  if (value === undefined) thorough();
  else print(value, thorough);
}

/**
 * Asks one thing of the daemon, and gives what it answered to `settle`, when everything is as it
 * should be; else, or when `settle` throws, nothing was shown, and `thorough` goes on.
 */
function ask(request: Request, settle: (result: Result) => void, thorough: () => void): void {
  if (NOT_PLAIN.some((variable) => process.env[variable] !== undefined)) return thorough();
  // As `inspected.ts` has it: the thorough way says that nothing is read under a debugger.
  const options = process.env["NODE_OPTIONS"] ?? "";
  const told = [...process.execArgv, /["\\]/u.test(options) ? "--inspect" : options];
  if (told.some((text) => text.includes("--inspect"))) return thorough();
  try {
    askDaemon(request, settle, thorough);
  } catch {
    thorough();
  }
}

function askDaemon(
  [method, params]: Request,
  settle: (result: Result) => void,
  thorough: () => void,
): void {
  const vault = vaultFolder();
  const recorded = isFolderOfOurs(vault)
    ? readFields(`${vault}/daemon.pid`)["endpoint"]
    : undefined;
  const endpoint = typeof recorded === "string" ? ownEndpoint(recorded, vault) : undefined;
  if (endpoint === undefined || !isSocketOfOurs(endpoint)) {
    thorough();
    return;
  }
  let done = false;
  let timer: NodeJS.Timeout | undefined;
  const end = (next: () => void): void => {
    if (done) return;
    done = true;
    clearTimeout(timer);
    next();
    close();
  };
  const giveUp = (): void => end(thorough);
  const attempt = (step: () => void): void => {
    try {
      step();
    } catch {
      giveUp();
    }
  };
  const settled = (result: Result): void => {
    try {
      settle(result);
    } catch {
      thorough();
    }
  };
  let bytes: Buffer = Buffer.alloc(0);
  let id: unknown;
  const take = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const replies = decode(bytes);
    if (replies === undefined) return;
    const result = judge(replies, id);
    if (result === undefined) giveUp();
    else end(() => settled(result));
  };
  const client = { name: "strongroom-cli", version: VERSION };
  const hello = frame(0, "hello", { protocol: { min: 1, max: 1 }, client });
  const close = dial(endpoint, hello + frame(1, method, params), {
    lost: giveUp,
    received: (chunk) => attempt(() => take(chunk)),
    // The rest is looked at while the daemon works.
    connected: () => {
      timer = setTimeout(giveUp, PATIENCE_MS);
      attempt(() => {
        if (isTerminal()) giveUp();
        else ({ id } = readFields(`${vault}/vault.json`));
      });
    },
  });
}

/** What was answered, behind the reply to `hello`, unless anything is out of the ordinary. */
function judge([hello, got]: readonly Fields[], vault: unknown): Result | undefined {
  const greeting = hello?.["result"] as Fields | undefined;
  if (hello?.["id"] !== 0 || greeting?.["protocol"] !== 1) return undefined;
  if (typeof vault !== "string" || greeting["vault"] !== vault) return undefined;
  if (hello["error"] !== undefined || got?.["error"] !== undefined) return undefined;
  const result = got?.["result"];
  if (got?.["id"] !== 1 || typeof result !== "object" || result === null) return undefined;
  return result as Result;
}

/** The bytes of a secret, unless anything has to be said of it. */
function valueOf(found: Result): Buffer | undefined {
  const { encoding, value } = found;
  const known = encoding === "utf8" || encoding === "base64";
  // That a value is old has to be said.
  if (found["stale"] !== undefined) return undefined;
  return typeof value === "string" && known ? Buffer.from(value, encoding) : undefined;
}

function frame(id: number, method: string, params: object): string {
  const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
  return `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** The bodies of the first two frames, or undefined while they are not complete; throws for none. */
function decode(received: Buffer): Fields[] | undefined {
  const bodies: Fields[] = [];
  for (let at = 0; bodies.length < 2;) {
    const end = received.indexOf("\r\n\r\n", at);
    if (end === -1) return undefined;
    const header = /^Content-Length: (0|[1-9]\d{0,7})$/.exec(received.toString("latin1", at, end));
    const length = Number(header?.[1] ?? Number.NaN);
    if (!(length <= MOST_REPLY_BYTES)) throw new Error("no frame");
    at = end + 4 + length;
    if (received.length < at) return undefined;
    bodies.push(JSON.parse(received.toString("utf8", end + 4, at)) as Fields);
  }
  return bodies;
}

function print(value: Buffer, thorough: () => void): void {
  let written = 0;
  try {
    while (written < value.length) written += fs.writeSync(1, value, written);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A reader that has left is none of our business; one that is slow is waited for.
    if (code === "EPIPE") return;
    if (code === "EAGAIN") process.stdout.write(value.subarray(written));
    else if (written === 0) thorough();
    else cutShort(`${written} of ${value.length} bytes were printed (${code ?? "unknown"})`);
    return;
  }
  process.exit(0);
}

function cutShort(what: string): void {
  const next = "let the output go where there is room for it, then repeat the command";
  fs.writeSync(2, `strongroom: ${what}\n  code: OUTPUT (exit 1)\n  next: ${next}\n`);
  process.exitCode = 1;
}

function isTerminal(): boolean {
  if (!fs.fstatSync(1, { bigint: true }).isCharacterDevice()) return false;
  return (require("node:tty") as typeof import("node:tty")).isatty(1);
}

/** The vault's folder where the rule is one line; throws where it is not. */
function vaultFolder(): string {
  const { HOME: user, STRONGROOM_HOME: root, XDG_DATA_HOME: data } = process.env;
  if (root?.startsWith("/") === true && !root.includes("/..")) return `${root}/vault`;
  if (root === undefined && process.platform === "linux") {
    if (data?.startsWith("/") === true) return `${data}/strongroom/vault`;
    if (data === undefined && user?.startsWith("/") === true) {
      return `${user}/.local/share/strongroom/vault`;
    }
  }
  throw new Error("the rule is longer");
}

function readFields(path: string): { readonly [field: string]: unknown } {
  const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = fs.constants;
  const file = fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const text = fs.readFileSync(file, "utf8");
    // Without its line feed a record or a file is not complete.
    if (!text.endsWith("\n")) throw new Error("incomplete");
    return JSON.parse(text) as { readonly [field: string]: unknown };
  } finally {
    fs.closeSync(file);
  }
}

/** One in the run folder beside this vault; to tell others takes modules, and two milliseconds. */
function ownEndpoint(endpoint: string, vault: string): string | undefined {
  const place = endpoint.slice(0, endpoint.lastIndexOf("/"));
  if (place === `${vault.slice(0, -"vault".length)}run`) return endpoint;
  return (require("./quick-place.cjs") as Place).realEndpoint(endpoint, vault);
}

function isSocketOfOurs(path: string): boolean {
  if (!/^\/.+\.sock$/.test(path) || Buffer.byteLength(path) > 103) return false;
  return isFolderOfOurs(path.slice(0, path.lastIndexOf("/")));
}

function isFolderOfOurs(path: string): boolean {
  const { mode, uid } = fs.lstatSync(path, { bigint: true });
  return Number(uid) === process.getuid?.() && (mode & 0o170077n) === 0o040000n;
}

module.exports = { ask, decode, frame, main, print, valueOf, VERSION };
