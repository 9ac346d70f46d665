import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthCredential, OAuthEntry } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { isOfServer } from "../imports/mcporter-account.ts";
import type { Account } from "../imports/mcporter-account.ts";
import { realPath } from "../imports/real-path.ts";
import { writeJson, writeNote } from "../output.ts";
import { whileWorking } from "../progress.ts";
import { MISSING, ofFile } from "./file-hints.ts";
import { nameOf } from "./part.ts";

/** `oauth adopt NAME`: from now on the vault presents the refresh token, and nobody else may. */
export async function adopt(input: Input): Promise<number> {
  const { caller, values } = input;
  const name = nameOf(input);
  if (values["from-mcporter"] !== undefined) await takeOver(input, name);
  else if (values["source-is-retired"] !== true) {
    throw new StrongroomError("INVALID", "two who refresh one token end it for both", {
      hint: "strongroom oauth adopt NAME --from-mcporter FILE, or sign out where it came from, then: strongroom oauth adopt NAME --source-is-retired",
    });
  }
  const done = await caller.change("oauth/adopt", { name, sourceIsRetired: true });
  if (values["json"] === true) writeJson(done);
  else writeNote(`strongroom: ${escapeLine(name)} is refreshed by the vault from now on`);
  return 0;
}

/** What mcporter has now is what counts: it may have refreshed since the import. */
async function takeOver({ caller, values }: Input, name: string): Promise<void> {
  const { retire } = await import("../imports/mcporter-retire.ts");
  const path = String(values["from-mcporter"]);
  const file = realPath(path, MISSING.adopt);
  const taking = retire(file, name, async (account) => {
    const standing = await caller.call("oauth/show", { name });
    const credential = withTokensOf(account, standing);
    if (credential === undefined) throw otherSource(path);
    if (standing.state !== "shared") throw ownAlready(path);
    demandNoFolder(account);
    const expect = { version: standing.generation };
    await caller.change("oauth/put", { ...credential, shared: true, expect });
  });
  const isKnown = await whileWorking("waiting for refreshes that mcporter has begun", taking).catch(
    (error: unknown) => {
      throw ofFile(error, file, "adopt");
    },
  );
  if (!isKnown) throw otherSource(path);
}

/** What stands here with the tokens there; nothing where they are of another client or server. */
function withTokensOf(account: Account, standing: OAuthEntry): OAuthCredential | undefined {
  const { client, tokens } = account;
  if (client?.clientId !== standing.clientId || !isOfServer(account, standing)) return undefined;
  const { clientAuth, issuer, name, privateHost, revocationEndpoint, tokenEndpoint } = standing;
  const { account: label, resource, subject } = standing;
  const { clientId, clientSecret } = client;
  return {
    name,
    registration: {
      issuer,
      tokenEndpoint,
      clientId,
      clientAuth,
      ...(clientSecret === undefined ? {} : { clientSecret }),
      ...(revocationEndpoint === undefined ? {} : { revocationEndpoint }),
      ...(resource === undefined ? {} : { resource }),
      ...(privateHost === undefined ? {} : { privateHost }),
    },
    scopes: account.scopes.length === 0 ? standing.scopes : account.scopes,
    ...(subject === undefined ? {} : { subject }),
    ...(label === undefined ? {} : { account: label }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

/** Where its early versions kept the tokens of a server: at each call those go into the file again. */
function demandNoFolder({ label = "" }: Account): void {
  const folder = join(homedir(), ".mcporter", label);
  if (label === "" || !existsSync(join(folder, "tokens.json"))) return;
  throw new StrongroomError("CONFLICT", `mcporter takes tokens of it from ${folder}, too`, {
    hint: "move that folder away, then repeat the command",
  });
}

/** Its tokens would go for those of the file, which somebody signed in for since. */
function ownAlready(path: string): StrongroomError {
  return new StrongroomError("CONFLICT", `the vault has tokens of its own, and so has ${path}`, {
    hint: "sign out of one of them: in mcporter; or strongroom oauth logout NAME, then import anew",
  });
}

/** To adopt it all the same would leave two who refresh it. */
function otherSource(path: string): StrongroomError {
  return new StrongroomError("CONFLICT", `${path} is not where this credential came from`, {
    hint: "name the file that mcporter refreshes it in; or sign out there, then: strongroom oauth adopt NAME --source-is-retired",
  });
}
