import { StrongroomError } from "@strongroom/client/protocol";
import type { ReadHandler } from "../turn/handler.ts";
import { credentialOf } from "../vault/judge-oauth.ts";

/** `oauth/export-refresh` */
export const oauthExportRefresh: ReadHandler<"oauth/export-refresh"> = {
  kind: "read",
  run: (view, { name }) => {
    const { generation, refreshToken } = credentialOf(view, name);
    if (refreshToken === undefined) {
      throw new StrongroomError("NOT_FOUND", "this OAuth credential has no refresh token", {
        hint: "strongroom oauth list",
      });
    }
    return { name, generation, refreshToken, revision: view.counters.revision };
  },
};
