import type { OAuthLogin, Params } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { ClientCaller, openClient } from "../open.ts";
import { isTerminal, writeJson, writeNote } from "../output.ts";
import { whileWorking } from "../progress.ts";
import { openBrowser } from "./browser.ts";
import { nameOf } from "./part.ts";

/** As long as a page or a code can be good for, and the signing in behind it. */
const PATIENCE = "30m";

/** `oauth login NAME URL`: signs in at the server of an issuer or a resource, and keeps the tokens. */
export async function login(input: Input): Promise<number> {
  const { values } = input;
  const asking = { timeout: PATIENCE, ...values };
  if (values["print-rpc"] === true) await input.caller.call("oauth/login", askedOf(input));
  const caller = new ClientCaller(() => openClient({ values: asking }, {}), values);
  try {
    const page = await caller.call("oauth/login", askedOf(input));
    await show(page, values["no-browser"] === true);
    const waiting = caller.call("oauth/login-wait", { flight: page.flight });
    const done = await whileWorking("waiting until you have signed in", waiting, {
      say: "nothing",
    });
    if (values["json"] === true) writeJson(done);
    else
      writeNote(`strongroom: ${escapeLine(done.name)} is signed in at ${escapeLine(done.issuer)}`);
  } finally {
    await caller.close();
  }
  return 0;
}

function askedOf(input: Input): Params<"oauth/login"> {
  const { positionals, values } = input;
  const [, , url = ""] = positionals;
  const { account, "client-id": clientId, scope } = values;
  return {
    name: nameOf(input),
    url,
    flow: values["device"] === true ? "device" : "loopback",
    ...(typeof clientId === "string" ? { clientId } : {}),
    ...(typeof account === "string" ? { account } : {}),
    ...(scope === undefined ? {} : { scopes: [scope].flat().map(String) }),
    ...(values["force"] === true ? { force: true } : {}),
  };
}

/** All of it on stderr: whoever signs in should see where, as whom, and for what. */
async function show(page: OAuthLogin, noBrowser: boolean): Promise<void> {
  const { clientId, issuer, joined, scopes, url, userCode, verificationUri } = page;
  const what = scopes.length === 0 ? "what the server gives" : scopes.join(" ");
  writeNote(`strongroom: sign in at ${escapeLine(issuer)}, for ${escapeLine(what)}`);
  writeNote(`  as the client ${escapeLine(clientId)}`);
  if (joined) writeNote("  somebody has begun that already: one page is enough for both");
  if (userCode !== undefined) {
    writeNote(`  open ${escapeLine(verificationUri ?? url)} and enter ${escapeLine(userCode)}`);
    if (isTerminal(2)) await showCode(url);
    return;
  }
  writeNote(`  open ${escapeLine(url)}`);
  if (!noBrowser && !joined && isTerminal(2)) openBrowser(url);
}

async function showCode(url: string): Promise<void> {
  const { renderUnicodeCompact } = await import("uqr");
  process.stderr.write(`${renderUnicodeCompact(url)}\n`);
}
