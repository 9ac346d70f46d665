import type { Asked, Found, Item } from "./found.ts";
import { readKeyringFolder } from "./keyring-file.ts";
import { isObject } from "./source-file.ts";

interface Token {
  readonly item: Item;
  readonly client: string;
  readonly refreshToken: unknown;
  readonly email: string;
}

/**
 * gogcli's keyring: an account's token stands there under up to three names, which come together
 * under `token:CLIENT:EMAIL`; where they disagree that is said.
 */
export async function readGogcli(folder: string, asked: Asked): Promise<Found> {
  const { items, remarks, leftOut = [] } = await readKeyringFolder(folder, asked);
  const tokens = items.flatMap((item) => tokenOf(item) ?? []);
  const others = items.filter((item) => !tokens.some((token) => token.item === item));
  const kept: Item[] = [];
  const said: string[] = [];
  for (const [name, group] of grouped(tokens)) {
    const first = group.find(({ item }) => item.name === name) ?? group[0];
    if (first === undefined) continue;
    kept.push({ ...first.item, name });
    const unlike = group.filter(({ refreshToken }) => refreshToken !== first.refreshToken);
    if (unlike.length > 0) {
      said.push(`${name}: ${unlike.map(({ item }) => item.name).join(", ")} hold another token`);
    }
  }
  return { items: [...others, ...kept], credentials: [], remarks: [...remarks, ...said], leftOut };
}

function grouped(tokens: readonly Token[]): Map<string, Token[]> {
  const groups = new Map<string, Token[]>();
  for (const token of tokens) {
    const name = `token:${token.client}:${token.email}`;
    groups.set(name, [...(groups.get(name) ?? []), token]);
  }
  return groups;
}

function tokenOf(item: Item): Token | undefined {
  const [kind, ...rest] = item.name.split(":");
  if (kind !== "token" && kind !== "token-sub") return undefined;
  let told: unknown;
  try {
    told = JSON.parse(item.value.toString());
  } catch {
    return undefined;
  }
  if (!isObject(told)) return undefined;
  // The oldest names have no client: theirs is the default one.
  const client = rest.length > 1 ? (rest[0] ?? "default") : "default";
  const last = rest.at(-1) ?? "";
  const email = typeof told["email"] === "string" ? told["email"] : last;
  return { item, client, email, refreshToken: told["refresh_token"] };
}
