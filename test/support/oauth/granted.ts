import type { Client } from "@strongroom/client";
import type { FirstGrant } from "./rig.ts";

/** Puts a credential of a rig whose access token has expired; replaces one that is there. */
export async function putExpired(owner: Client, name: string, grant: FirstGrant): Promise<void> {
  const { accessToken, refreshToken, registration, scopes, subject } = grant;
  const tokens = { accessToken, refreshToken, expiresIn: 0 };
  const params = { name, registration, scopes, subject, tokens, force: true } as const;
  await owner.change("oauth/put", params);
}

/** Makes the access token of a credential an expired one, and nothing else. */
export async function expire(owner: Client, name: string, grant: FirstGrant): Promise<void> {
  const { refreshToken } = await owner.call("oauth/export-refresh", { name });
  await putExpired(owner, name, { ...grant, refreshToken });
}
