import type { AtRevision, Expect, Repeatable } from "./methods.ts";
import type {
  OAuthAccess,
  OAuthCredential,
  OAuthEntry,
  OAuthLogin,
  OAuthLoginAsked,
  OAuthServer,
} from "./oauth.ts";

/** A credential and the generation of its tokens. */
export interface NamedGeneration {
  readonly name: string;
  readonly generation: number;
}

/** The methods of OAuth credentials, with their params and results. */
export interface OAuthMethods {
  "oauth/adopt": {
    /** `sourceIsRetired`: the owner's word that no other program presents the refresh token. */
    params: { readonly name: string; readonly sourceIsRetired: true } & Repeatable;
    result: NamedGeneration & AtRevision;
  };
  "oauth/discover": {
    /** Of an issuer, or of a resource such as an MCP server. */
    params: { readonly url: string };
    result: OAuthServer & AtRevision;
  };
  "oauth/export-refresh": {
    params: { readonly name: string };
    result: NamedGeneration & { readonly refreshToken: string } & AtRevision;
  };
  "oauth/list": {
    params: Record<string, never>;
    result: { readonly credentials: readonly OAuthEntry[] } & AtRevision;
  };
  "oauth/login": {
    params: OAuthLoginAsked;
    result: OAuthLogin & AtRevision;
  };
  "oauth/login-wait": {
    /** `flight`: what `oauth/login` said. */
    params: { readonly flight: string };
    result: NamedGeneration & {
      readonly issuer: string;
      readonly scopes: readonly string[];
      readonly subject?: string;
    } & AtRevision;
  };
  "oauth/put": {
    /** Without `force` or `expect` there must be none of that name; `version` is a generation. */
    params: OAuthCredential & { readonly force?: true; readonly expect?: Expect } & Repeatable;
    result: NamedGeneration & AtRevision;
  };
  "oauth/remove": {
    params: { readonly name: string; readonly expect?: Expect } & Repeatable;
    result: NamedGeneration & AtRevision;
  };
  "oauth/report": {
    params: { readonly name: string; readonly generation: number };
    /** `current`: that generation was served until now, and is not any more. */
    result: NamedGeneration & { readonly current: boolean } & AtRevision;
  };
  "oauth/revoke": {
    params: { readonly name: string };
    result: NamedGeneration & AtRevision;
  };
  "oauth/show": { params: { readonly name: string }; result: OAuthEntry & AtRevision };
  "oauth/token": {
    /** `minTtl`: seconds that it must live; `scopes`: what it must be for. */
    params: {
      readonly name: string;
      readonly minTtl?: number;
      readonly scopes?: readonly string[];
    };
    result: OAuthAccess & AtRevision;
  };
}
