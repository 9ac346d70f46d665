import type { ApiKeyEntry, ApiKeyTerms, MadeApiKey, PresentedKey, VerifiedKey } from "./api-key.ts";
import type { AtRevision, Repeatable } from "./methods.ts";

/** The methods of API keys, with their params and results. */
export interface KeyMethods {
  "key/create": {
    params: { readonly name: string; readonly audience?: string } & ApiKeyTerms & Repeatable;
    result: MadeApiKey & AtRevision;
  };
  "key/list": {
    params: Record<string, never>;
    result: { readonly keys: readonly ApiKeyEntry[] } & AtRevision;
  };
  "key/revoke": {
    /** `key`: its id, or its name. */
    params: { readonly key: string } & Repeatable;
    result: { readonly id: string } & AtRevision;
  };
  "key/rotate": {
    params: { readonly key: string; readonly overlapMs?: number } & Repeatable;
    /** `replaces`: the id of the key that ends. */
    result: MadeApiKey & { readonly replaces: string } & AtRevision;
  };
  "key/show": { params: { readonly key: string }; result: ApiKeyEntry & AtRevision };
  "key/update": {
    params: {
      readonly key: string;
      /** Rules beside those that there are, and rules that go; `allow` and `deny` replace them all. */
      readonly addAllow?: readonly string[];
      readonly addDeny?: readonly string[];
      readonly removeAllow?: readonly string[];
      readonly removeDeny?: readonly string[];
      readonly noQuota?: true;
      readonly noRate?: true;
    } & Partial<ApiKeyTerms> &
      Repeatable;
    result: { readonly id: string } & AtRevision;
  };
  "key/verify": { params: PresentedKey; result: VerifiedKey & AtRevision };
}
