import { COMMON } from "../command.ts";
import type { Command } from "../command.ts";
import { invalid } from "../oauth/part.ts";
import { OAUTH_PARTS } from "../oauth/table.ts";

const NAMES = Object.keys(OAUTH_PARTS);
const OPTIONS = Object.values(OAUTH_PARTS).flatMap(({ options }) => Object.entries(options));

/** `oauth …`: credentials whose tokens the vault refreshes for everybody. */
export const oauth: Command = {
  operands: Object.entries(OAUTH_PARTS)
    .map(([name, { operands }]) => `${name} ${operands}`.trimEnd())
    .join(" | "),
  arity: [1, 3],
  takes: "secret",
  options: Object.fromEntries(OPTIONS.toSorted(([one], [other]) => (one < other ? -1 : 1))),
  patience: "60s",
  examples: [
    "strongroom oauth login mcp/linear https://mcp.example.com",
    "strongroom oauth login work https://login.example.com --device --client-id ID --scope mail",
    "strongroom oauth put mcp/linear < credential.json",
    "strongroom oauth list",
    "strongroom oauth doctor",
    "strongroom oauth logout mcp/linear --revoke",
    "strongroom oauth adopt mcp/linear --source-is-retired",
    "strongroom oauth feed 'mcp/**' --to-mcporter ~/.mcporter/credentials.json",
  ],
  notes: [
    "login finds the server of an issuer's or a resource's URL, registers a client there unless",
    "--client-id names one, shows the page to sign in at, and keeps account and tokens in one step.",
    "Ctrl-C ends it. Whoever asks for the same name meanwhile shares the page.",
    "",
    'put takes JSON: {"registration": {"issuer", "tokenEndpoint", "clientId", "clientAuth", …},',
    '"scopes": […], "subject", "account", "tokens": {"accessToken", "expiresIn", "refreshToken"}}.',
    "With --shared the refresh token is kept and not used before adopt: two programs that refresh",
    "one token end it for both. strongroom token NAME gives an access token; the refresh token is",
    "shown by export-refresh alone, which is recorded. doctor says why a credential is dead.",
    "",
    "feed keeps the access tokens of adopted credentials fresh in mcporter's file, under its lock,",
    "for the accounts that are there: at once, five minutes ahead of their end, and when they change.",
    "It never writes a refresh token, leaves an account that has one as it is, and ends when it is",
    "interrupted (0) or the vault is locked (7). The pattern is mcp/** unless you give one.",
  ],
  async run(input) {
    const [name = "", ...operands] = input.positionals;
    const part = Object.hasOwn(OAUTH_PARTS, name) ? OAUTH_PARTS[name] : undefined;
    if (part === undefined) throw invalid(`oauth: that is none of ${NAMES.join(", ")}`);
    const strange = Object.keys(input.values).find(
      (option) => !(option in COMMON) && !(option in part.options),
    );
    if (strange !== undefined) throw invalid(`oauth ${name} takes no --${strange}`);
    const [least, most] = part.arity;
    if (operands.length < least || operands.length > most) {
      throw invalid(`usage: strongroom oauth ${name} ${part.operands}`.trimEnd());
    }
    const run = await part.load();
    return await run(input);
  },
};
