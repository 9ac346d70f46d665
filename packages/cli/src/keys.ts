import { OWN_AUDIENCE, StrongroomError } from "@strongroom/client/protocol";
import type { ApiKeyEntry, ApiKeyTerms } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { escapeLine } from "./escape.ts";
import { columns } from "./listing.ts";
import { parseMoment } from "./moment.ts";
import { writeData, writeJson, writeNote } from "./output.ts";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
]);

/** `key create NAME` */
export async function create({ positionals, values, caller }: Input): Promise<number> {
  const name = operand(positionals, "key create NAME");
  const { allow, ...terms } = termsOf(values);
  if (allow === undefined) {
    throw new StrongroomError("INVALID", "what may it do? A key without --allow may do nothing", {
      hint: "strongroom key create NAME --allow 'get,list:github/**' --expires 30d",
    });
  }
  const { audience } = values;
  const whose = typeof audience === "string" ? { audience } : {};
  const made = await caller.change("key/create", { name, allow, ...whose, ...terms });
  if (values["json"] === true) writeJson(made);
  else writeData(`${made.token}\n`);
  return 0;
}

/** `key list` */
export async function list({ values, caller }: Input): Promise<number> {
  const found = await caller.call("key/list", {});
  if (values["json"] === true) writeJson(found);
  else writeData(columns(found.keys.map(row)));
  return 0;
}

/** `key show KEY` */
export async function show({ positionals, values, caller }: Input): Promise<number> {
  const found = await caller.call("key/show", { key: operand(positionals, "key show KEY") });
  if (values["json"] === true) writeJson(found);
  else
    writeData(
      columns(Object.entries(found).map(([field, value]) => [`${field}:`, text(value, field)])),
    );
  return 0;
}

/** `key update KEY` */
export async function update({ positionals, values, caller }: Input): Promise<number> {
  const key = operand(positionals, "key update KEY");
  const { allow: addAllow, deny: addDeny, ...limits } = termsOf(values);
  const terms = {
    ...limits,
    // What there is stays: who narrows a key by one rule more must not lose another.
    ...(addAllow === undefined ? {} : { addAllow }),
    ...(addDeny === undefined ? {} : { addDeny }),
    ...(values["no-allow"] === undefined ? {} : { removeAllow: texts(values["no-allow"]) }),
    ...(values["no-deny"] === undefined ? {} : { removeDeny: texts(values["no-deny"]) }),
    ...(values["no-quota"] === true ? { noQuota: true as const } : {}),
    ...(values["no-rate"] === true ? { noRate: true as const } : {}),
  };
  if (Object.keys(terms).length === 0) throw invalid("what is to change? No option says it");
  const done = await caller.change("key/update", { key, ...terms });
  if (values["json"] === true) writeJson(done);
  else writeNote(`strongroom: ${escapeLine(key)} is changed, from the next request on`);
  return 0;
}

/** `key rotate KEY` */
export async function rotate({ positionals, values, caller }: Input): Promise<number> {
  const key = operand(positionals, "key rotate KEY");
  const { overlap } = values;
  const until = typeof overlap === "string" ? parseMoment(overlap, 0) : 0;
  if (until === undefined) throw invalid("--overlap takes a time such as 10m");
  const made = await caller.change("key/rotate", { key, overlapMs: until });
  if (values["json"] === true) writeJson(made);
  else writeData(`${made.token}\n`);
  return 0;
}

/** `key revoke KEY` */
export async function revoke({ positionals, values, caller }: Input): Promise<number> {
  const key = operand(positionals, "key revoke KEY");
  const done = await caller.change("key/revoke", { key });
  if (values["json"] === true) writeJson(done);
  else
    writeNote(
      `strongroom: ${escapeLine(key)} is revoked; nothing that begins now succeeds with it`,
    );
  return 0;
}

function operand([, found]: readonly string[], usage: string): string {
  if (found !== undefined) return found;
  throw new StrongroomError("INVALID", "which key?", { hint: `strongroom ${usage}` });
}

function termsOf(values: Input["values"]): Partial<ApiKeyTerms> {
  const { allow, deny, expires, quota, rate } = values;
  const expiresAt = typeof expires === "string" ? parseMoment(expires, Date.now()) : undefined;
  if (expires !== undefined && expiresAt === undefined) {
    throw invalid("--expires takes a time such as 12h or 30d, or a date in the future");
  }
  return {
    ...(allow === undefined ? {} : { allow: texts(allow) }),
    ...(deny === undefined ? {} : { deny: texts(deny) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(values["no-expiry"] === true ? { noExpiry: true } : {}),
    ...(typeof quota === "string" ? { quota: Number(quota) } : {}),
    ...(typeof rate === "string" ? { rate: rateOf(rate) } : {}),
  };
}

/** What an option that may be given several times was given. */
export function texts(given: NonNullable<Input["values"][string]>): readonly string[] {
  return [given].flat().map(String);
}

function rateOf(given: string): NonNullable<ApiKeyTerms["rate"]> {
  const [, count = "", unit = ""] = /^([1-9]\d{0,6})\/(s|min|h|d)$/.exec(given) ?? [];
  const perMs = UNITS.get(unit);
  if (perMs === undefined) throw invalid("--rate looks like 10/s, 60/min, 1000/h or 5000/d");
  return { count: Number(count), perMs };
}

function row(found: ApiKeyEntry): readonly string[] {
  const { allow, audience, deny, expiresAt, id, name, quota, revokedAt, state, used } = found;
  const end = Math.min(expiresAt ?? Infinity, revokedAt ?? Infinity);
  return [
    escapeLine(name),
    id,
    state,
    end === Infinity ? "no end" : `until ${new Date(end).toISOString()}`,
    quota === undefined ? "" : `${used ?? 0} of ${quota}`,
    audience === OWN_AUDIENCE ? "" : `for ${escapeLine(audience)}`,
    [...allow, ...deny.map((rule) => `not ${rule}`)].map(escapeLine).join(" "),
  ];
}

function text(value: unknown, field: string): string {
  if (typeof value === "number" && field.endsWith("At")) return new Date(value).toISOString();
  return escapeLine(typeof value === "string" ? value : JSON.stringify(value));
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help key" });
}
