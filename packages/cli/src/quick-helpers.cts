// What git, docker, AWS, kubectl and agents ask for, at its shortest; see `quick-get.cts`. Whatever
// is out of the ordinary goes the thorough way, which knows all rules and all words.
const fs = require("node:fs") as typeof import("node:fs");
const { ask, print, valueOf } = require("./quick-get.cjs") as QuickGet;

type Result = { readonly [field: string]: unknown };

interface QuickGet {
  readonly ask: (
    request: readonly [method: string, params: object],
    settle: (result: Result) => void,
    thorough: () => void,
  ) => void;
  readonly print: (value: Buffer, thorough: () => void) => void;
  readonly valueOf: (found: Result) => Buffer | undefined;
}

/** What it takes over where it goes the thorough way: all that was on stdin, if that was read. */
type Thorough = (input?: string) => void;

const PLAIN_HOST = /^[\w.-]+(?::\d+)?$/;
const PLAIN_USER = /^[\w@+-][\w.@+-]*$/;
const PLAIN_PATH = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;
const MOST_CHARACTERS = 200;
const KUBE_VERSIONS = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/** `token NAME`, `aws process PROFILE` and `kube exec-credential NAME`. */
function command(argv: readonly string[], thorough: () => void): void {
  const [verb, ...words] = argv;
  const name = words.at(-1) ?? "-";
  const isPlain = words.length === (verb === "token" ? 1 : 2) && !name.startsWith("-");
  const say = (text: string | undefined): void => {
    if (text === undefined) thorough();
    else print(Buffer.from(text), thorough);
  };
  if (isPlain && verb === "token") {
    ask(["oauth/token", { name }], ({ accessToken }) => say(textOf(accessToken)), thorough);
  } else if (isPlain && verb === "aws" && words[0] === "process") {
    ask(["secret/get", { name: `aws/${name}` }], (found) => say(awsText(found)), thorough);
  } else if (isPlain && verb === "kube" && words[0] === "exec-credential") {
    ask(["secret/get", { name }], (found) => say(kubeText(found)), thorough);
  } else thorough();
}

/** `get` of git's credential helper. */
function git([operation, ...rest]: readonly string[], thorough: Thorough): void {
  if (operation !== "get" || rest.length > 0) return thorough();
  const input = fs.readFileSync(0, "utf8");
  const through = (): void => thorough(input);
  const { protocol = "", host = "", path, username } = fieldsIn(input);
  const isPlain =
    /^[a-z]+$/.test(protocol) &&
    PLAIN_HOST.test(host) &&
    PLAIN_PATH.test(path ?? "a") &&
    PLAIN_USER.test(username ?? "a") &&
    input.length <= MOST_CHARACTERS;
  if (!isPlain) return through();
  const folder = ["git", protocol, host, ...(path === undefined ? [] : [path])].join("/");
  if (username !== undefined) return sayGit(`${folder}/@${username}`, through);
  ask(
    ["secret/list", { pattern: `${folder}/*` }],
    ({ secrets }) => {
      const all = secrets as readonly { readonly name: string; readonly updatedAt: number }[];
      const [last] = all.toSorted((one, other) => other.updatedAt - one.updatedAt);
      if (last === undefined) print(Buffer.alloc(0), through);
      // Whose name is encoded, or none of git's, is known the thorough way.
      else if (!isPlainName(folder, last.name)) through();
      else sayGit(last.name, through);
    },
    through,
  );
}

function isPlainName(folder: string, name: string): boolean {
  return name.startsWith(`${folder}/@`) && PLAIN_USER.test(name.slice(folder.length + 2));
}

function sayGit(name: string, thorough: () => void): void {
  askFor(name, thorough, (password, metadata) => {
    const username = name.slice(name.lastIndexOf("/@") + 2);
    if (/[\r\n\0]/.test(username + password)) return "";
    const { expiresAt } = metadata;
    const ending = `password_expiry_utc=${Math.floor(Number(expiresAt) / 1000)}\n`;
    return `username=${username}\npassword=${password}\n${expiresAt === undefined ? "" : ending}`;
  });
}

/** `get` of docker's credential helper. */
function docker([operation, ...rest]: readonly string[], thorough: Thorough): void {
  if (operation !== "get" || rest.length > 0) return thorough();
  const input = fs.readFileSync(0, "utf8");
  const url = input.trim();
  askFor(
    `docker/${encodeURIComponent(url)}`,
    () => thorough(input),
    (value) => {
      const { secret, username } = JSON.parse(value) as Result;
      if (typeof secret !== "string" || typeof username !== "string")
        throw new Error("not docker's");
      return `${JSON.stringify({ ServerURL: url, Username: username, Secret: secret })}\n`;
    },
  );
}

/** What is said of one secret that is there; that there is none is said the thorough way. */
function askFor(
  name: string,
  thorough: () => void,
  textOfIt: (value: string, metadata: Result) => string,
): void {
  ask(
    ["vault/read", { names: [name] }],
    ({ secrets }) => {
      const [found] = secrets as readonly (Result | null)[];
      const value = found === null || found === undefined ? undefined : textIn(found);
      if (value === undefined) return thorough();
      const text = textOfIt(value, found?.["metadata"] as Result);
      print(Buffer.from(text), thorough);
    },
    thorough,
  );
}

/** The text of a secret; of what is none, or may be none, more is said the thorough way. */
function textIn(found: Result): string | undefined {
  const text = valueOf(found)?.toString();
  return text?.includes("\uFFFD") === true ? undefined : text;
}

function fieldsIn(text: string): { readonly [key: string]: string } {
  const fields: [string, string][] = [];
  for (const line of text.split("\n")) {
    if (line === "") break;
    const at = line.indexOf("=");
    if (at > 0 && !line.slice(0, at).endsWith("[]"))
      fields.push([line.slice(0, at), line.slice(at + 1)]);
  }
  return Object.fromEntries(fields);
}

function awsText(found: Result): string | undefined {
  const said = JSON.parse(textIn(found) ?? "") as Result;
  const { AccessKeyId, Expiration, SecretAccessKey, SessionToken, Version } = said;
  const texts = [AccessKeyId, SecretAccessKey, SessionToken ?? "", Expiration ?? ""];
  const isText = texts.every((each) => typeof each === "string");
  if (!isText || SessionToken === null || Expiration === null) return undefined;
  if (AccessKeyId === "" || SecretAccessKey === "") return undefined;
  if ((Version !== undefined && Version !== 1) || said["Credentials"] !== undefined)
    return undefined;
  const answer = { Version: 1, AccessKeyId, SecretAccessKey, SessionToken };
  if (Expiration === undefined) return `${JSON.stringify(answer)}\n`;
  const end = new Date(textOf(Expiration) ?? "");
  const text = end.toISOString();
  if (!(end.getTime() > Date.now()) || text.startsWith("+")) return undefined;
  return `${JSON.stringify({ ...answer, Expiration: text })}\n`;
}

function kubeText(found: Result): string | undefined {
  const info = process.env["KUBERNETES_EXEC_INFO"];
  const asked = info === undefined ? KUBE_VERSIONS[0] : (JSON.parse(info) as Result)["apiVersion"];
  const apiVersion = KUBE_VERSIONS.find((each) => each === asked);
  const token = textIn(found)?.trim();
  if (apiVersion === undefined || token === undefined) return undefined;
  if (token === "" || /[\r\n\0]/.test(token)) return undefined;
  const { expiresAt } = found["metadata"] as Result;
  const end = expiresAt === undefined ? undefined : new Date(Number(expiresAt)).toISOString();
  // RFC 3339 has four digits for a year.
  if (end?.startsWith("+") === true) return undefined;
  const ending = end === undefined ? {} : { expirationTimestamp: end.replace(/\.\d+Z$/, "Z") };
  const status = { token, ...ending };
  return `${JSON.stringify({ apiVersion, kind: "ExecCredential", status })}\n`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

module.exports = { command, docker, git };
