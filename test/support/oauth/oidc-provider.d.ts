/** As much of oidc-provider 9.13 as the tests use. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  export interface Context {
    readonly path: string;
    readonly method: string;
    readonly req: IncomingMessage;
    readonly res: ServerResponse;
    status: number;
    body: unknown;
    readonly oidc?: {
      readonly route: string;
      readonly params?: { readonly [name: string]: string | undefined };
    };
    redirect(url: string): void;
  }

  export interface Client {
    grantTypeAllowed(type: string): boolean;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addOIDCClaims(claims: readonly string[]): void;
    addResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Interaction {
    readonly params: { readonly [name: string]: string };
    readonly session?: { readonly accountId: string };
    readonly grantId?: string;
    readonly prompt: {
      readonly name: string;
      readonly details: {
        readonly missingOIDCScope?: readonly string[];
        readonly missingOIDCClaims?: readonly string[];
        readonly missingResourceScopes?: { readonly [resource: string]: readonly string[] };
      };
    };
  }

  export default class Provider {
    constructor(issuer: string, configuration: object);
    readonly Grant: {
      new (content: { readonly accountId: string; readonly clientId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: object,
      options?: { readonly mergeWithLastSubmission?: boolean },
    ): Promise<void>;
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this;
    on(
      event: "grant.error",
      listener: (context: Context, error: { readonly error_detail?: string }) => void,
    ): this;
    on(event: "grant.revoked", listener: () => void): this;
  }
}
