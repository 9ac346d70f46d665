import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { credential } from "../support/oauth/credential.ts";
import { RawClient } from "../support/raw-client.ts";
import { atTerminal, noTerminal } from "../support/terminal.ts";
import type { Throwaway } from "../support/throwaway.ts";

const EVIL = "\u001b[2J\u001b]0;title\u0007\u009b31m\u202e\r\nx\u0000\b";
/** What a terminal would obey: controls but the end of a line, and what turns text. */
// oxfmt-ignore
const OBEYED = /(?![\r\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** A vault in which everything that may be said by somebody is evil. */
async function evilVault(): Promise<Throwaway> {
  const place = throwaway();
  const owner = await connected(place);
  const metadata = {
    tags: [EVIL],
    note: EVIL,
    contentType: EVIL,
    expiresAt: Date.now() + 86_400_000,
  };
  await owner.set("evil", EVIL, { metadata });
  await owner.set("evil", "again", { metadata });
  await owner.change("oauth/put", { ...credential("o"), account: EVIL, subject: EVIL }, {});
  await owner
    .change(
      "slot/add" as never,
      { type: "recipient", recipient: await recipientOf(place), label: "label" } as never,
      {},
    )
    .catch(() => undefined);
  await owner.change(
    "recipe/set",
    { name: "r", description: EVIL, argv: ["/bin/true"], folder: "/", environment: [] },
    {},
  );
  const raw = await RawClient.connect(place.record()?.endpoint ?? "");
  raw.send({
    jsonrpc: "2.0",
    id: 0,
    method: "hello",
    params: { protocol: { min: 1, max: 1 }, client: { name: EVIL, version: EVIL } },
  });
  await raw.reply(0);
  await raw.call("secret/set", { name: "by-evil", value: "x" });
  await raw.call("secret/get", { name: EVIL });
  return place;
}

async function recipientOf(place: Throwaway): Promise<string> {
  const { stdout } = await place.cli(["slot", "list", "--json"]);
  return (JSON.parse(stdout) as { slots: { recipient: string }[] }).slots[0]?.recipient ?? "";
}

const LISTINGS: readonly (readonly string[])[] = [
  ["list"],
  ["list", "--long"],
  ["list", "--tree"],
  ["list", "--expiring", "30d", "--long"],
  ["list", "--json"],
  ["get", "evil", "--version", "1"],
  ["get", "evil", "--version", "1", "--json"],
  ["get", "evil", "--metadata"],
  ["get", "evil", "--metadata", "--json"],
  ["history", "evil"],
  ["diff", "evil"],
  ["audit"],
  ["audit", "--json"],
  ["oauth", "list"],
  ["oauth", "doctor"],
  ["recipe", "list"],
  ["recipe", "list", "--json"],
  ["key", "list"],
  ["slot", "list"],
  ["approval", "list"],
  ["renewer", "list"],
  ["status"],
  ["doctor"],
  ["export", "evil", "--format", "json"],
  ["inject", "--in", "TEMPLATE"],
];

test(
  `what comes from the vault to a terminal moves no cursor and turns no text${noTerminal}`,
  { timeout: 120_000 },
  async () => {
    if (noTerminal !== "") return;
    expect(EVIL).toMatch(OBEYED);
    const place = await evilVault();
    const template = join(place.home, "template");
    writeFileSync(template, "{{ strongroom://evil?version=1 }}\n");
    chmodSync(template, 0o600);
    const env = { ...place.env, NO_COLOR: "1" };
    let seen = "";
    for (const listing of LISTINGS) {
      const words = listing.map((word) => (word === "TEMPLATE" ? template : word));
      const { shown } = await atTerminal({ env }, words.map((word) => `'${word}'`).join(" "), []);
      expect([words, OBEYED.exec(shown)?.[0]]).toEqual([words, undefined]);
      seen += shown;
    }
    // It was there to be obeyed: each of these has said it, escaped.
    expect(seen.split("[2J").length).toBeGreaterThan(12);
    const refused = await atTerminal({ env }, `get '${EVIL.replaceAll("\u0000", "")}'`, []);
    expect(OBEYED.exec(refused.shown)).toBeNull();
  },
);

test("a name that a terminal would obey is never made", { timeout: 60_000 }, async () => {
  const place = throwaway();
  const owner = await connected(place);
  for (const name of ["a\u001b[31m", "a\u009b", "a\u202e", "a\u2066b", "a\u007f"]) {
    await expect(owner.set(name, "v")).rejects.toMatchObject({ code: "INVALID" });
  }
});
