import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { spanOf } from "../moment.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";

const FORMATS = ["header", "headers", "json", "raw"] as const;

/** `token`: an access token that may be used now, and nothing but the token. */
export const token: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {
    format: {
      type: "string",
      value: "raw",
      completes: FORMATS,
      help: "raw, header, headers (JSON, for agents) or json",
    },
    "min-ttl": { type: "string", value: "5m", help: "so long it must live: 30s, 5m, 2h" },
    scope: { type: "string", multiple: true, value: "SCOPE", help: "what it must be for" },
  },
  patience: "30s",
  examples: [
    "strongroom token mcp/linear --min-ttl 5m",
    'curl -H "$(strongroom token github/app --format header)" https://api.github.com/user',
  ],
  notes: [
    "The vault refreshes it first where that is needed: once for all who ask at a time. Exit 14",
    "means that somebody has to sign in again: strongroom oauth doctor says why.",
  ],
  async run({ positionals: [name = ""], values, caller }) {
    const { format = values["json"] === true ? "json" : "raw", scope } = values;
    if (!FORMATS.some((each) => each === format)) {
      throw new StrongroomError("INVALID", "token: --format takes raw, header, headers or json", {
        hint: "strongroom help token",
      });
    }
    const least = values["min-ttl"];
    const span = typeof least === "string" ? spanOf(least) : undefined;
    if (least !== undefined && span === undefined) {
      throw new StrongroomError("INVALID", "token: --min-ttl takes a time such as 30s, 5m or 2h", {
        hint: "strongroom help token",
      });
    }
    const found = await caller.call("oauth/token", {
      name,
      ...(span === undefined ? {} : { minTtl: Math.ceil(span / 1000) }),
      ...(scope === undefined ? {} : { scopes: [scope].flat().map(String) }),
    });
    if (format === "json") {
      writeJson(found);
      return 0;
    }
    const { accessToken, tokenType } = found;
    const authorization = `${schemeOf(tokenType)} ${accessToken}`;
    const said =
      format === "raw"
        ? accessToken
        : format === "headers"
          ? JSON.stringify({ Authorization: authorization })
          : `Authorization: ${authorization}`;
    writeData(isTerminal(1) ? `${escapeLine(said)}\n` : said);
    return 0;
  },
};

/** RFC 6750, section 2.1: servers name the type in any case, and services want it in this one. */
function schemeOf(type: string): string {
  return type.toLowerCase() === "bearer" ? "Bearer" : type;
}
