import type { OAuthEntry } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";

/** `oauth list` */
export async function list({ caller, values }: Input): Promise<number> {
  const found = await caller.call("oauth/list", {});
  if (values["json"] === true) writeJson(found);
  else writeData(columns(found.credentials.map(row)));
  return 0;
}

function row(found: OAuthEntry): readonly string[] {
  const { account, expiresAt, issuer, name, scopes, state, subject, why = "" } = found;
  return [
    escapeLine(name),
    state,
    escapeLine(account ?? subject ?? ""),
    expiresAt === undefined ? "no access token" : `until ${new Date(expiresAt).toISOString()}`,
    escapeLine(issuer),
    escapeLine(scopes.join(" ")),
    escapeLine(why),
  ];
}
