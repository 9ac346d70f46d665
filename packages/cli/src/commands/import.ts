import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseDuration } from "@strongroom/client";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import type { Caller, Command, Given, Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { apply } from "../imports/apply.ts";
import type { Applied } from "../imports/apply.ts";
import { demandNoConflict } from "../imports/conflict.ts";
import { distinct } from "../imports/distinct.ts";
import type { Asked, Found } from "../imports/found.ts";
import { isLocked } from "../imports/mcporter.ts";
import { namedServers } from "../imports/named-servers.ts";
import { planOf } from "../imports/plan.ts";
import { show, summary } from "../imports/show.ts";
import type { OnConflict, Plan } from "../imports/step.ts";
import { KINDS } from "../imports/table.ts";
import type { Kind } from "../imports/table.ts";
import { writeJson, writeNote } from "../output.ts";
import { PASSPHRASE_OPTIONS, readPassphrase } from "../passphrase.ts";
import { REFUSALS } from "../refusal.ts";

const POLICIES = ["fail", "newer", "replace", "skip"] as const;
const ROUNDS = 5;
const OVERTAKEN: ReadonlySet<string> = new Set(["ALREADY_EXISTS", "CONFLICT", "NOT_FOUND"]);
const PASSWORD = "strongroom import --passphrase-file FILE --from KIND PATH";

/** `import --from KIND [PATH]`: what another system keeps; that is never changed. */
export const importSecrets: Command = {
  operands: "[PATH]",
  arity: [0, 1],
  creates: true,
  options: {
    discover: {
      type: "string",
      multiple: true,
      value: "URL",
      help: "mcporter: ask this server of it where its tokens are to be had",
    },
    "dry-run": { type: "boolean", help: "only show what would be done" },
    from: {
      type: "string",
      value: "KIND",
      completes: Object.keys(KINDS),
      help: Object.keys(KINDS).join(", "),
    },
    "key-file": { type: "string", value: "FILE", help: "age: its identities; swamp: its SSH key" },
    "on-conflict": {
      type: "string",
      value: "fail",
      completes: POLICIES,
      help: "another value is there: fail, newer, replace, skip",
    },
    ...PASSPHRASE_OPTIONS,
    prefix: { type: "string", value: "P", help: "put them below P/" },
    "skip-unreadable": {
      type: "boolean",
      help: "folders: leave out, and name, what cannot be read; status 15",
    },
  },
  examples: [
    "strongroom import --from toolhive --dry-run",
    "strongroom import --from dotenv .env --prefix app/dev",
    "strongroom import --from swamp ~/repo --prefix swamp --on-conflict newer",
    "strongroom import --from mcporter",
    "strongroom import --from keychain gh:github.com",
    "strongroom import --from mcporter --discover https://mcp.example/notes",
  ],
  notes: [
    "Says first what is new, the same, different, and not for a vault and so left out or called",
    "otherwise; then stores it, or nothing where something else is there and --on-conflict says",
    "nothing else. It may be interrupted: the same command goes on. OAuth credentials come as",
    "shared: their refresh token is not used before strongroom oauth adopt NAME, for the source has",
    "it too; none replaces what the vault refreshes itself. Commands that a source would run are",
    "shown, and neither imported nor run. One file of a folder that cannot be read stops all, unless",
    "--skip-unreadable leaves it out.",
    "",
    "keychain takes the service whose passwords are wanted, and needs the package @napi-rs/keyring",
    "beside strongroom. On Linux what has the attributes service and username counts, as Python's",
    "keyring, gh and go-keyring store it; what browsers and networks keep has others. It is waited",
    "for as long as --timeout says, or for ever, since it may ask you.",
  ],
  async run(input) {
    const { caller, values } = input;
    const { kind, name, path } = sourceOf(input);
    const onConflict = policyOf(values);
    if (name === "mcporter" && isLocked(path)) {
      writeNote("strongroom: mcporter may be writing: its lock is there");
    }
    const isDry = values["dry-run"] === true;
    const standing = isDry && !hasVault() ? NO_VAULT : caller;
    const { discover } = values;
    const named = namedServers(
      standing,
      Array.isArray(discover) ? discover.filter((each) => typeof each === "string") : [],
    );
    let password: Promise<string> | undefined;
    const read = await kind.read(path, {
      password: () =>
        (password ??= readPassphrase(values, { fresh: false, command: PASSWORD, isOther: true })),
      server: named.server,
      isSkipping: values["skip-unreadable"] === true,
      keyFile: typeof values["key-file"] === "string" ? values["key-file"] : undefined,
      ...patienceOf(values),
    });
    named.demandKnown();
    const { prefix: given } = values;
    const isBelow = typeof given === "string" && given !== "";
    const prefix = isBelow ? (given.endsWith("/") ? given : `${given}/`) : "";
    const found = distinct(read, prefix);
    const look = (): Promise<Plan> => planOf(standing, found, { onConflict, prefix });
    const plan = await look();
    const isJson = values["json"] === true;
    const { leftOut = [] } = found;
    if (!isJson) show(plan, isDry);
    if (!isJson) for (const each of leftOut) writeNote(`strongroom: ${escapeLine(each)}`);
    if (isEmpty(found)) writeNote(`strongroom: ${escapeLine(path)} holds nothing to import`);
    const done = { secrets: 0, credentials: 0 };
    if (!isDry) await store(caller, plan, { done, look });
    if (isJson) writeJson({ ...summary(plan), leftOut, imported: done });
    else if (!isDry) {
      writeNote(`strongroom: ${done.secrets} secrets and ${done.credentials} credentials stored`);
    }
    return leftOut.length === 0 ? 0 : REFUSALS.PROBLEMS;
  },
};

/** What is compared with where there is no vault yet, and only a look is wanted: none is made. */
const NO_VAULT: Pick<Caller, "call"> = {
  call: (method, params) => {
    if (method === "oauth/discover") return Promise.reject(noVault());
    const { names = [] } = params as { readonly names?: readonly string[] };
    const secrets = method === "vault/read" ? names.map(() => null) : [];
    return Promise.resolve({ credentials: [], renewers: [], secrets } as never);
  },
};

function noVault(): StrongroomError {
  return new StrongroomError(
    "NOT_FOUND",
    "there is no vault yet, whose daemon would ask a server",
    {
      hint: "strongroom init, or leave --dry-run away",
    },
  );
}

function hasVault(): boolean {
  return existsSync(join(resolveHome(process.env).vault, "vault.json"));
}

/** Somebody may store the same meanwhile, also an import of before that was killed: looked at anew. */
async function store(
  caller: Caller,
  first: Plan,
  { done, look }: { readonly done: Applied; readonly look: () => Promise<Plan> },
): Promise<void> {
  for (let plan = first, round = 1; ; plan = await look(), round += 1) {
    demandNoConflict(plan);
    try {
      return await apply(caller, plan, done);
    } catch (error) {
      const code = error instanceof StrongroomError ? error.code : "";
      if (!OVERTAKEN.has(code) || round === ROUNDS) throw error;
    }
  }
}

function sourceOf({ positionals: [given], values: { from } }: Input): {
  readonly kind: Kind;
  readonly name: string;
  readonly path: string;
} {
  const name = typeof from === "string" ? from : "";
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) throw usage(`--from takes ${Object.keys(KINDS).join(", ")}`);
  const path = given ?? kind.usual?.(process.env);
  if (path === undefined) throw usage(`--from ${name} takes ${kind.takes ?? "a path"}`);
  return { kind, name, path };
}

/** `--timeout`, where it was given: a keychain may ask whoever owns it, which takes its time. */
function patienceOf({ timeout }: Given["values"]): Pick<Asked, "patience"> {
  const patience = typeof timeout === "string" ? parseDuration(timeout) : undefined;
  return patience === undefined || patience === 0 ? {} : { patience };
}

function policyOf({ "on-conflict": policy = "fail" }: Given["values"]): OnConflict {
  const found = POLICIES.find((each) => each === policy);
  if (found !== undefined) return found;
  throw usage(`--on-conflict takes ${POLICIES.join(", ")}`);
}

function isEmpty({ credentials, items, leftOut = [], remarks }: Found): boolean {
  return [...credentials, ...items, ...leftOut, ...remarks].length === 0;
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `import: ${what}`, { hint: "strongroom help import" });
}
