import type { Input } from "../command.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";
import { nameOf } from "./part.ts";

/** `oauth export-refresh NAME`: the refresh token, for a program that takes it over. */
export async function exportRefresh(input: Input): Promise<number> {
  const found = await input.caller.call("oauth/export-refresh", { name: nameOf(input) });
  if (input.values["json"] === true) writeJson(found);
  else writeData(isTerminal(1) ? `${found.refreshToken}\n` : found.refreshToken);
  return 0;
}
