import type { MethodName } from "@strongroom/client/protocol";

/** Whole numbers from 0 up to, and without, the limit. */
export type Below = (limit: number) => number;

/**
 * Stands in every value and note, in ids and where nothing should be, and in no name, for a name
 * may be said back; no error and no log may hold it.
 */
export const MARKER = "CANARY";

/** Params of a method, as it wants them or not. */
type HostileParams = { [field: string]: unknown };

const HOSTILE_NAMES: readonly string[] = [
  "",
  ".",
  "..",
  "/",
  "h//x",
  "h/../x",
  "h/./x",
  "h/*",
  "h/[x]",
  "h/\u0000",
  "h/\u007f",
  "h/\u0085",
  "h/\u202e",
  "h/e\u0301",
  "h/\ud800",
  "\udfff",
  "h/\ufeff",
  "h/😀",
  "h/__proto__",
  "__proto__",
  "constructor",
  "toString",
  `h/${"x".repeat(253)}`,
  `h/${"x".repeat(254)}`,
  `h/${"é".repeat(200)}`,
  "x".repeat(5000),
];
const HOSTILE_PATTERNS: readonly string[] = [
  "*".repeat(17),
  "*a".repeat(8),
  "**/".repeat(8),
  "h/**/*",
  "x".repeat(1025),
  "[a-z]+(",
  "\ud800*",
  "h/*",
];

/** One of these. */
export function pick<T>(below: Below, values: readonly T[]): T {
  const value = values[below(values.length)];
  if (value === undefined) throw new TypeError("there is nothing to pick from");
  return value;
}

function nested(levels: number): unknown {
  let value: unknown = "x";
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { v: value };
  return value;
}

/** Anything that JSON can say, at most 20 levels deep. */
function anything(below: Below): unknown {
  const makers: readonly (() => unknown)[] = [
    () => null,
    () => below(2) === 0,
    () => pick(below, [0, -1, 1.5, 1e308, -0, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 1e-9]),
    () => pick(below, HOSTILE_NAMES),
    () => pick(below, ["", "true", "null", "1", "some text", "\u0000", "\ud800"]),
    () => ({}),
    () => [],
    () => nested(1 + below(20)),
    () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
    () => ({ length: 1e9, toString: "x", toJSON: "x" }),
    () => Array.from({ length: below(300) }, () => below(9)),
    () => pick(below, HOSTILE_PATTERNS),
    () => "y".repeat(below(70_000)),
  ];
  return pick(below, makers)();
}

function aName(below: Below): string {
  return below(6) === 0 ? pick(below, HOSTILE_NAMES) : `h/${below(60)}`;
}

function aValue(below: Below): string {
  if (below(3000) === 0) return MARKER.repeat(170_000 + below(10_000));
  const kinds = ["", "é😀", "\u0000\u0001", "QQ==", "QQ=", "Q", '"\\', "\ud800"] as const;
  return below(4) === 0 ? `${MARKER}${pick(below, kinds)}` : `${MARKER} ${below(1e9)}`;
}

function expectation(below: Below): unknown {
  return pick(below, [
    { absent: true },
    { absent: false },
    { version: 1 + below(30) },
    { version: 0 },
    { version: 1, absent: true },
    {},
  ]);
}

function someMetadata(below: Below): unknown {
  return pick(below, [
    {},
    { note: `${MARKER} note`, tags: ["a", "b"] },
    { expiresAt: below(3) === 0 ? 1 : 4_000_000_000_000 },
    { origin: pick(below, ["user", "oauth", "nobody"]) },
    { note: "n".repeat(20_000) },
    { tags: Array.from({ length: below(40) }, (_, index) => `${index}`) },
    { contentType: "text/plain", unknown: MARKER },
  ]);
}

function maybe(below: Below, fields: { readonly [field: string]: () => unknown }): HostileParams {
  const kept = Object.entries(fields).filter(() => below(4) === 0);
  return Object.fromEntries(kept.map(([field, make]) => [field, make()]));
}

function repeatable(below: Below): HostileParams {
  return maybe(below, {
    requestId: () => pick(below, [`r${below(500)}`, "", "é", "x".repeat(129), "\u0000"]),
    seen: () => pick(below, [0, 1, 1e6, -1, 2 ** 53]),
  });
}

function setting(below: Below): HostileParams {
  return {
    name: aName(below),
    value: aValue(below),
    ...maybe(below, {
      encoding: () => pick(below, ["utf8", "base64", "hex", ""]),
      metadata: () => someMetadata(below),
      expect: () => expectation(below),
    }),
  };
}

function operation(below: Below): unknown {
  return pick<() => unknown>(below, [
    () => ({ op: "set", ...setting(below) }),
    () => ({
      op: "delete",
      name: aName(below),
      ...maybe(below, { expect: () => expectation(below) }),
    }),
    () => ({ op: "restore", name: aName(below), version: 1 + below(9) }),
    () => ({ op: "check", name: aName(below), expect: expectation(below) }),
    () => ({ op: "clear", prefix: pick(below, ["h/1", "h/59", "h/"]) }),
    () => ({ op: pick(below, ["", "drop", "__proto__", "toString"]), name: aName(below) }),
    () => anything(below),
  ])();
}

const nothing = (): HostileParams => ({});

const REGISTRATION = {
  issuer: "https://as.example",
  tokenEndpoint: "https://as.example/token",
  clientId: "c",
  clientAuth: "client_secret_basic",
} as const;

const GRAMMAR: { readonly [M in MethodName]: (below: Below) => HostileParams } = {
  "approval/add": (below) => ({
    path: pick(below, ["/a/.env", "relative", "/\u0000", "x".repeat(5000), anything(below)]),
    sha256: pick(below, ["0".repeat(64), "0".repeat(63), MARKER, anything(below)]),
    ...repeatable(below),
  }),
  "approval/list": nothing,
  "approval/remove": (below) => ({
    path: pick(below, ["/a/.env", "", "/\u202e", anything(below)]),
    ...repeatable(below),
  }),
  "audit/list": (below) =>
    maybe(below, {
      after: () => pick(below, [0, -1, 1e15, anything(below)]),
      limit: () => below(1002),
      client: () => pick(below, ["owner", "", "x".repeat(99)]),
      name: () => pick(below, ["**", "*".repeat(9), anything(below)]),
      since: () => pick(below, [0, 1e15, anything(below)]),
    }),
  "audit/policy": (below) =>
    maybe(below, {
      keys: () => pick(below, ["strict", "lazy", "none", anything(below)]),
      owner: () => pick(below, ["lazy", "off", ""]),
      keepBytes: () => pick(below, [0, -1, 5, 1_048_576, anything(below)]),
    }),
  "audit/verify": nothing,
  // No display is there, and no time is over soon.
  "clipboard/clear": (below) => ({
    tool: pick(below, ["xclip", "sh", "", "__proto__"]),
    display: pick(below, [{}, { DISPLAY: ":none" }, { PATH: "/" }, anything(below)]),
    sha256: pick(below, ["0".repeat(64), "x", anything(below)]),
    after: pick(below, [3_600_000, 0, -1, 1e12, anything(below)]),
  }),
  "clock/accept": nothing,
  // Nobody stops the daemon under test: it always gets a param that it does not know.
  "daemon/stop": (below) => ({ [`x${below(9)}`]: anything(below) }),
  hello: (below) => ({
    protocol: { min: below(3), max: below(3) },
    client: { name: "n".repeat(below(80)), version: anything(below) },
  }),
  "key/create": (below) => ({
    name: pick(below, ["k", "", "x".repeat(99)]),
    allow: [pick(below, ["get:**", "get", ":", "all:x", "*:*/*/*/*/*/*/*/*/*"])],
    ...maybe(below, {
      deny: () => anything(below),
      expiresAt: () => pick(below, [0, -1, 1e15, anything(below)]),
      noExpiry: () => true,
      rate: () => pick(below, [{ count: 0, perMs: 1 }, { count: 1, perMs: 1000 }, anything(below)]),
      quota: () => below(3),
    }),
    ...repeatable(below),
  }),
  "key/list": nothing,
  "key/revoke": (below) => ({ key: pick(below, ["k", "none", ""]), ...repeatable(below) }),
  "key/rotate": (below) => ({
    key: pick(below, ["k", "none"]),
    ...maybe(below, { overlapMs: () => below(3) - 1 }),
    ...repeatable(below),
  }),
  "key/show": (below) => ({ key: pick(below, ["k", "none", anything(below)]) }),
  "key/update": (below) => ({
    key: pick(below, ["k", "none"]),
    ...maybe(below, { allow: () => [pick(below, ["get:**", "get"])], quota: () => below(2) }),
    ...repeatable(below),
  }),
  "key/verify": (below) => ({
    ...pick(below, [
      {},
      { token: MARKER.repeat(below(100)) },
      { sha256: "0".repeat(63 + below(3)) },
      { token: "", sha256: "0".repeat(64) },
      { token: anything(below) },
    ]),
    action: pick(below, ["read", "", "*", "a,b", anything(below)]),
    resource: pick(below, [...HOSTILE_NAMES, "/a", "a//b", anything(below)]),
    ...maybe(below, {
      service: () => pick(below, ["s", "", "*", "x".repeat(99), anything(below)]),
      cost: () => pick(below, [0, 1, -1, 1e6, 1e9]),
    }),
  }),
  "lease/acquire": (below) => ({
    name: pick(below, ["l", "", "a//b", "x".repeat(300)]),
    ttl: pick(below, [100, 99, 1000, 4_000_000, anything(below)]),
    ...maybe(below, { wait: () => pick(below, [0, 5, -1, 700_000, anything(below)]) }),
  }),
  "lease/release": (below) => ({
    name: pick(below, ["l", "none", anything(below)]),
    token: pick(below, [1, 0, -1, 2 ** 53, anything(below)]),
  }),
  "lease/renew": (below) => ({
    name: pick(below, ["l", "none", anything(below)]),
    token: pick(below, [1, 0, 1.5, 2 ** 53, anything(below)]),
    ttl: pick(below, [100, 3_600_000, 3_600_001, anything(below)]),
  }),
  "oauth/adopt": (below) => ({
    name: aName(below),
    sourceIsRetired: pick(below, [true, false, "true"]),
    ...repeatable(below),
  }),
  "oauth/discover": (below) => ({
    url: pick(below, ["https://127.0.0.1:1", "http://169.254.169.254", "x", 7]),
  }),
  "oauth/export-refresh": (below) => ({ name: aName(below) }),
  "oauth/list": nothing,
  "oauth/login": (below) => ({
    name: aName(below),
    url: pick(below, ["https://127.0.0.1:1", "http://169.254.169.254", "x", 7]),
    ...pick(below, [{}, { flow: "device" }, { force: true }, { scopes: [""] }]),
  }),
  "oauth/login-wait": (below) => ({ flight: aName(below) }),
  "oauth/put": (below) => ({
    name: aName(below),
    registration: pick(below, [{ ...REGISTRATION, clientSecret: MARKER }, {}, anything(below)]),
    scopes: pick(below, [["a"], ["a b"], Array(65).fill("a"), anything(below)]),
    ...maybe(below, {
      subject: () => pick(below, ["s", "", anything(below)]),
      account: () => pick(below, ["a", anything(below)]),
      // None has a refresh token: nothing is presented to anybody.
      tokens: () =>
        pick(below, [{ accessToken: MARKER, expiresIn: below(9) - 1 }, {}, anything(below)]),
      shared: () => pick(below, [true, false]),
      force: () => true,
      expect: () => expectation(below),
    }),
    ...repeatable(below),
  }),
  "oauth/remove": (below) => ({
    name: aName(below),
    ...maybe(below, { expect: () => expectation(below) }),
    ...repeatable(below),
  }),
  "oauth/report": (below) => ({ name: aName(below), generation: pick(below, [0, 1, below(99)]) }),
  "oauth/revoke": (below) => ({ name: aName(below) }),
  "oauth/show": (below) => ({ name: aName(below) }),
  "oauth/token": (below) => ({
    name: aName(below),
    ...maybe(below, {
      minTtl: () => pick(below, [0, -1, 60, 1e12]),
      scopes: () => pick(below, [["a"], [], anything(below)]),
    }),
  }),
  "recipe/list": nothing,
  "recipe/remove": (below) => ({ name: pick(below, ["r", "", "__proto__"]), ...repeatable(below) }),
  "recipe/set": (below) => ({
    name: pick(below, ["r", "R", "", "x".repeat(99), anything(below)]),
    argv: pick(below, [["/none"], [], [7], ["/none", MARKER.repeat(300)], anything(below)]),
    folder: pick(below, ["/", "none", anything(below)]),
    environment: pick(below, [
      [],
      [{ variable: "A", name: aName(below) }],
      [{ variable: "1", name: "h/1" }],
      [{ variable: "A", name: aName(below), field: MARKER, version: below(3) }],
      anything(below),
    ]),
    ...maybe(below, {
      description: () => pick(below, ["", MARKER, anything(below)]),
      sha256: () => pick(below, ["", "0".repeat(64), "A".repeat(64), anything(below)]),
    }),
    ...repeatable(below),
  }),
  "renewer/list": (below) => maybe(below, { pattern: () => pick(below, ["**", "[", MARKER]) }),
  "renewer/remove": (below) => ({ name: aName(below), ...repeatable(below) }),
  // Never a program that is there.
  "renewer/set": (below) => ({
    name: aName(below),
    argv: pick(below, [[], ["none"], ["/none/at/all", MARKER], ["/none\u0000"], [7], "sh"]),
    lifetimeMs: pick(below, [1000, 999, 0, 2 ** 53, anything(below)]),
    ...maybe(below, { serveStale: () => pick(below, [true, false, 1]) }),
    ...repeatable(below),
  }),
  "secret/delete": (below) => ({
    name: aName(below),
    ...maybe(below, { expect: () => expectation(below) }),
    ...repeatable(below),
  }),
  "secret/get": (below) => ({
    name: aName(below),
    ...maybe(below, { version: () => below(20) }),
  }),
  "secret/history": (below) => ({ name: aName(below) }),
  "secret/list": (below) =>
    maybe(below, {
      pattern: () => pick(below, HOSTILE_PATTERNS),
      tag: () => pick(below, ["a", "", "\ud800"]),
      limit: () => pick(below, [1, 1000, 0, 1001, -1]),
      cursor: () => pick(below, ["", "aC8x", "e30=", "x".repeat(2049), "\u0000"]),
      all: () => below(2) === 0,
    }),
  "secret/purge": (below) => ({
    name: aName(below),
    ...maybe(below, {
      versions: () => Array.from({ length: below(5) }, () => below(20)),
      expect: () => expectation(below),
    }),
    ...repeatable(below),
  }),
  "secret/restore": (below) => ({
    name: aName(below),
    version: below(15),
    ...maybe(below, { expect: () => expectation(below) }),
    ...repeatable(below),
  }),
  "secret/set": (below) => ({ ...setting(below), ...repeatable(below) }),
  // None that would be taken: each slot that stays costs a file on the disk.
  // Whoever presents a credential is not the owner again: these params always fail to be any.
  "session/authenticate": (below) => ({ [`x${below(9)}`]: anything(below) }),
  "session/issue": (below) =>
    maybe(below, {
      allow: () => pick(below, [["get:**"], ["get"], Array(99).fill("get:a"), anything(below)]),
      ttl: () => pick(below, [0, 1, 900, 901, anything(below)]),
    }),
  "session/jwks": nothing,
  // None is that of a slot, and each that is tried takes a second.
  "session/own": (below) => ({
    ...maybe(below, { answer: () => pick(below, ["", MARKER, "x".repeat(200), anything(below)]) }),
    [`x${below(2)}`]: anything(below),
  }),
  "slot/add": (below) => ({
    type: pick(below, ["recipient", "keyfile", "", "__proto__"]),
    recipient: pick(below, ["", "age1", `age1${"q".repeat(58)}`, MARKER, "\u0000", "\ud800"]),
    ...maybe(below, { label: () => pick(below, ["", "l".repeat(300), "\u202e", MARKER]) }),
  }),
  "slot/list": nothing,
  // Never a slot that is there.
  "slot/remove": (below) => ({
    slot: pick(below, ["", "0123456789abcdef", "x".repeat(16), MARKER, "\u0000"]),
    ...maybe(below, { keepDataKey: () => pick(below, [true, false, 1, "true"]) }),
  }),
  "vault/backup": nothing,
  "vault/batch": (below) => ({
    operations: Array.from({ length: below(below(20) === 0 ? 1002 : 6) }, () => operation(below)),
    ...repeatable(below),
  }),
  "vault/compact": nothing,
  "vault/confirm": nothing,
  // Nor does anybody lock it: that would end its process as well.
  "vault/lock": (below) => ({ [`x${below(9)}`]: anything(below) }),
  // Never such that it would ask for a proof.
  "vault/policy": (below) => ({
    requireKey: pick(below, [false, 1, "true", null]),
    ...repeatable(below),
  }),
  "vault/read": (below) => ({
    names: Array.from({ length: below(below(20) === 0 ? 103 : 5) }, () => aName(below)),
    ...maybe(below, {
      versions: () => Array.from({ length: below(4) }, () => below(9)),
      approvals: () => pick(below, [[], [{ path: "/a", sha256: "0".repeat(64) }], anything(below)]),
      recipe: () => pick(below, [{ name: "r", generation: below(9) }, anything(below)]),
    }),
  }),
  // Only with a param that it does not know: each one that is done costs two epochs.
  "vault/rekey": (below) => ({ [`x${below(9)}`]: anything(below) }),
  "vault/status": (below) => maybe(below, { detail: () => below(2) === 0 }),
  "vault/unlock": (below) =>
    maybe(below, {
      passphrase: () => pick(below, ["", "x".repeat(2000), anything(below)]),
      identity: () => pick(below, ["", "AGE-SECRET-KEY-1", "x".repeat(5000), anything(below)]),
      autolock: () =>
        pick(below, [{}, { onSuspend: false }, { idleMs: below(2) }, anything(below)]),
    }),
  "vault/verify": nothing,
  "watch/start": (below) => ({
    wait: pick(below, [0, 1, 600_001, anything(below)]),
    ...maybe(below, {
      pattern: () => pick(below, ["**", "[", MARKER]),
      since: () => pick(below, [0, -1, 2 ** 53, anything(below)]),
      cursor: () => pick(below, [0, 1e9, -1, anything(below)]),
    }),
  }),
};

/** What costs the daemon a trip through all its files comes seldom as it should be. */
const HEAVY: readonly MethodName[] = ["vault/backup", "vault/compact", "vault/verify"];

const METHOD_NAMES = Object.keys(GRAMMAR) as MethodName[];

/** A method, and params made for it of which some were then spoilt. */
export function hostileCall(below: Below): {
  readonly method: MethodName;
  readonly params: unknown;
} {
  const method = pick(below, METHOD_NAMES);
  const params = GRAMMAR[method](below);
  const stopping = method === "daemon/stop";
  const whole = !HEAVY.includes(method) || below(2000) === 0;
  if (whole && below(3) > 0) return { method, params };
  if (!stopping && below(6) === 0) return { method, params: notAnObject(below) };
  const fields = Object.keys(params);
  const field = fields.length === 0 ? "name" : pick(below, fields);
  const spoilt = pick<() => HostileParams>(below, [
    () => ({ ...params, [field]: anything(below) }),
    () => ({ ...params, [field]: anything(below), unknown: MARKER }),
    () => ({ ...params, [pick(below, ["é", "__proto__x", "x".repeat(40)])]: anything(below) }),
  ])();
  // Nobody shuts out the client that looks whether others are served.
  const shuts = method === "vault/policy" && spoilt["requireKey"] === true;
  return { method, params: shuts ? { ...spoilt, requireKey: "true" } : spoilt };
}

function notAnObject(below: Below): unknown {
  const made = anything(below);
  const isObject = typeof made === "object" && made !== null && !Array.isArray(made);
  return isObject || made === undefined ? [MARKER] : made;
}
