import { LIMITS } from "./limits.ts";
import type { Params, Result } from "./methods.ts";
import type { OAuthEntry, OAuthFlight, OAuthRegistration, OAuthTokens } from "./oauth.ts";
import { object, optional } from "./object-shape.ts";
import type { Fields, ObjectShape } from "./object-shape.ts";
import { boolean, integer, invalid, list, oneOf, refine, text } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { expect, name, repeatable, revision, time } from "./value-shapes.ts";

const GRAPHIC = "^[\\x21-\\x7e]+$";
/** RFC 6749, appendix A: what stands in a header or a form as it is. */
const token = text({ minLength: 1, maxLength: LIMITS.oauthTokenCharacters, pattern: GRAPHIC });
const clientText = text({
  minLength: 1,
  maxLength: LIMITS.argumentCharacters,
  pattern: "^[\\x20-\\x7e]+$",
});
const label = text({ minLength: 1, maxLength: LIMITS.nameBytes });
const host = text({ minLength: 1, maxLength: LIMITS.nameBytes, pattern: GRAPHIC });
const generation = integer(1);

/** An absolute URL of an authorization server, without credentials of its own or a fragment. */
const url: Shape<string> = refine(
  text({ maxLength: LIMITS.urlCharacters, pattern: "^https?://[\\x21-\\x7e]+$" }),
  "An absolute URL; https but for a loopback host.",
  (value, field) => checkUrl(value, field),
);

/** RFC 6749, section 3.3. */
const scopes = list(
  text({
    minLength: 1,
    maxLength: LIMITS.argumentCharacters,
    pattern: "^[\\x21\\x23-\\x5b\\x5d-\\x7e]+$",
  }),
  { maxItems: LIMITS.oauthScopes },
);

const registration = object<OAuthRegistration>({
  issuer: url,
  tokenEndpoint: url,
  revocationEndpoint: optional(url),
  clientId: clientText,
  clientAuth: oneOf("client_secret_basic", "client_secret_post", "none"),
  clientSecret: optional(clientText),
  resource: optional(text({ maxLength: LIMITS.urlCharacters, pattern: GRAPHIC })),
  privateHost: optional(host),
});

const tokens = object<OAuthTokens>({
  accessToken: optional(token),
  tokenType: optional(text({ maxLength: LIMITS.labelCharacters, pattern: "^[\\w.-]+$" })),
  expiresIn: optional(integer(0, LIMITS.oauthLifeSeconds)),
  expiresAt: optional(time),
  refreshToken: optional(token),
});

const entryFields: Fields<OAuthEntry> = {
  name,
  state: oneOf("ending", "failing", "ok", "reauthorize", "shared"),
  why: optional(text()),
  hint: optional(text()),
  nextAttemptAt: optional(time),
  issuer: text(),
  tokenEndpoint: text(),
  clientId: text(),
  clientAuth: oneOf("client_secret_basic", "client_secret_post", "none"),
  revocationEndpoint: optional(text()),
  resource: optional(text()),
  privateHost: optional(text()),
  scopes: list(text()),
  subject: optional(text()),
  account: optional(text()),
  generation,
  updatedAt: time,
  obtainedAt: optional(time),
  expiresAt: optional(time),
  expiryAssumed: optional(oneOf(true)),
  refreshable: boolean,
  flight: optional(object<OAuthFlight>({ id: text(), attempts: integer(1), startedAt: time })),
};

const which = { name } as const;
const changed = { name, generation, revision } as const;

/** The params and results of `oauth/*`. */
export const oauthShapes: {
  readonly adopt: ObjectShape<Params<"oauth/adopt">>;
  readonly changed: ObjectShape<Result<"oauth/put">>;
  readonly discover: ObjectShape<Params<"oauth/discover">>;
  readonly discovered: ObjectShape<Result<"oauth/discover">>;
  readonly entry: ObjectShape<Result<"oauth/show">>;
  readonly exported: ObjectShape<Result<"oauth/export-refresh">>;
  readonly list: ObjectShape<Result<"oauth/list">>;
  readonly login: ObjectShape<Params<"oauth/login">>;
  readonly loggingIn: ObjectShape<Result<"oauth/login">>;
  readonly loginWait: ObjectShape<Params<"oauth/login-wait">>;
  readonly loggedIn: ObjectShape<Result<"oauth/login-wait">>;
  readonly put: ObjectShape<Params<"oauth/put">>;
  readonly remove: ObjectShape<Params<"oauth/remove">>;
  readonly report: ObjectShape<Params<"oauth/report">>;
  readonly reported: ObjectShape<Result<"oauth/report">>;
  readonly token: ObjectShape<Params<"oauth/token">>;
  readonly served: ObjectShape<Result<"oauth/token">>;
  readonly which: ObjectShape<Params<"oauth/show">>;
} = {
  adopt: object<Params<"oauth/adopt">>({ name, sourceIsRetired: oneOf(true), ...repeatable }),
  changed: object<Result<"oauth/put">>(changed),
  discover: object<Params<"oauth/discover">>({ url }),
  discovered: object<Result<"oauth/discover">>({
    issuer: text(),
    tokenEndpoint: text(),
    revocationEndpoint: optional(text()),
    resource: optional(text()),
    privateHost: optional(text()),
    revision,
  }),
  entry: object<Result<"oauth/show">>({ ...entryFields, revision }),
  exported: object<Result<"oauth/export-refresh">>({ ...changed, refreshToken: text() }),
  list: object<Result<"oauth/list">>({
    credentials: list(object<OAuthEntry>(entryFields)),
    revision,
  }),
  login: object<Params<"oauth/login">>({
    name,
    url,
    flow: optional(oneOf("device", "loopback")),
    clientId: optional(clientText),
    clientSecret: optional(clientText),
    scopes: optional(scopes),
    account: optional(label),
    force: optional(oneOf(true)),
  }),
  loggingIn: object<Result<"oauth/login">>({
    name,
    flight: text(),
    joined: boolean,
    url: text(),
    userCode: optional(text()),
    verificationUri: optional(text()),
    issuer: text(),
    clientId: text(),
    scopes: list(text()),
    resource: optional(text()),
    expiresAt: time,
    revision,
  }),
  loginWait: object<Params<"oauth/login-wait">>({ flight: text({ maxLength: LIMITS.idBytes }) }),
  loggedIn: object<Result<"oauth/login-wait">>({
    ...changed,
    issuer: text(),
    scopes: list(text()),
    subject: optional(text()),
  }),
  put: object<Params<"oauth/put">>({
    name,
    registration,
    scopes,
    subject: optional(label),
    account: optional(label),
    tokens: optional(tokens),
    shared: optional(oneOf(true)),
    force: optional(oneOf(true)),
    expect: optional(expect),
    ...repeatable,
  }),
  remove: object<Params<"oauth/remove">>({ name, expect: optional(expect), ...repeatable }),
  report: object<Params<"oauth/report">>({ name, generation }),
  reported: object<Result<"oauth/report">>({ ...changed, current: boolean }),
  token: object<Params<"oauth/token">>({
    name,
    minTtl: optional(integer(0, LIMITS.oauthLifeSeconds)),
    scopes: optional(scopes),
  }),
  served: object<Result<"oauth/token">>({
    name,
    accessToken: text(),
    tokenType: text(),
    expiresAt: time,
    expiryAssumed: optional(oneOf(true)),
    short: optional(oneOf(true)),
    scopes: list(text()),
    subject: optional(text()),
    generation,
    revision,
  }),
  which: object<Params<"oauth/show">>(which),
};

/** What it says of itself is shown; whether its host may be spoken to is judged when that is done. */
function checkUrl(value: string, field: string): void {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed === undefined) throw invalid(field, "must be an absolute URL");
  if (parsed.username !== "" || parsed.password !== "") {
    throw invalid(field, "must not hold a user or a password");
  }
  if (value.includes("#")) throw invalid(field, "must not have a fragment");
}
