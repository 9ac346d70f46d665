import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { OAuthMethods } from "./oauth-methods.ts";
import { oauthShapes } from "./oauth-shapes.ts";

/** `oauth/*`, sorted. */
export const OAUTH_METHODS: { readonly [M in keyof OAuthMethods]: MethodEntry<M> } = {
  "oauth/adopt": {
    summary: "Nobody else presents this refresh token any more: from now on the vault does.",
    kind: "mutation",
    params: oauthShapes.adopt,
    result: oauthShapes.changed,
  },
  "oauth/discover": {
    summary: "Asks an authorization server, or a resource of one, where its tokens are to be had.",
    kind: "flight",
    params: oauthShapes.discover,
    result: oauthShapes.discovered,
  },
  "oauth/export-refresh": {
    summary: "Shows a refresh token to the owner, once it is recorded.",
    kind: "read",
    params: oauthShapes.which,
    result: oauthShapes.exported,
  },
  "oauth/list": {
    summary: "Lists the OAuth credentials, without their tokens and secrets.",
    kind: "read",
    params: nothing,
    result: oauthShapes.list,
  },
  "oauth/login": {
    summary: "Begins to sign in at an authorization server, or joins who does for that name.",
    kind: "flight",
    params: oauthShapes.login,
    result: oauthShapes.loggingIn,
  },
  "oauth/login-wait": {
    summary: "Waits until somebody has signed in; the last who leaves ends the sign-in.",
    kind: "flight",
    params: oauthShapes.loginWait,
    result: oauthShapes.loggedIn,
  },
  "oauth/put": {
    summary: "Stores an OAuth credential with its tokens, all in one step.",
    kind: "mutation",
    params: oauthShapes.put,
    result: oauthShapes.changed,
  },
  "oauth/remove": {
    summary: "Forgets an OAuth credential for good.",
    kind: "mutation",
    params: oauthShapes.remove,
    result: oauthShapes.changed,
  },
  "oauth/report": {
    summary: "Says that an access token was refused; it is served to nobody any more.",
    kind: "read",
    params: oauthShapes.report,
    result: oauthShapes.reported,
  },
  "oauth/revoke": {
    summary: "Has the server revoke a refresh token, and forgets the tokens.",
    kind: "flight",
    params: oauthShapes.which,
    result: oauthShapes.changed,
  },
  "oauth/show": {
    summary: "Says how an OAuth credential is, and why it is dead where it is.",
    kind: "read",
    params: oauthShapes.which,
    result: oauthShapes.entry,
  },
  "oauth/token": {
    summary: "Gives an access token, refreshed once for all who ask at a time.",
    kind: "flight",
    params: oauthShapes.token,
    result: oauthShapes.served,
  },
};
