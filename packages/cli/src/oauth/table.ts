import type { OAuthPart } from "./part.ts";

const named = { operands: "NAME", arity: [1, 1] } as const;

/** What `strongroom oauth` does, sorted. */
export const OAUTH_PARTS: { readonly [name: string]: OAuthPart } = {
  adopt: {
    ...named,
    options: {
      "from-mcporter": {
        type: "string",
        value: "FILE",
        help: "adopt: take it out of this file, where mcporter has it",
      },
      "source-is-retired": { type: "boolean", help: "adopt: no other program uses it any more" },
    },
    load: async () => (await import("./adopt.ts")).adopt,
  },
  doctor: {
    operands: "[NAME]",
    arity: [0, 1],
    options: {},
    load: async () => (await import("./doctor.ts")).doctor,
  },
  "export-refresh": {
    ...named,
    options: {},
    load: async () => (await import("./export-refresh.ts")).exportRefresh,
  },
  feed: {
    operands: "[PATTERN]",
    arity: [0, 1],
    options: {
      "to-mcporter": {
        type: "string",
        value: "FILE",
        help: "feed: keep access tokens fresh in this file of mcporter's",
      },
    },
    load: async () => (await import("./feed.ts")).feed,
  },
  list: {
    operands: "",
    arity: [0, 0],
    options: {},
    load: async () => (await import("./list.ts")).list,
  },
  login: {
    operands: "NAME URL",
    arity: [2, 2],
    options: {
      account: { type: "string", value: "TEXT", help: "login: what you call the account" },
      "client-id": {
        type: "string",
        value: "ID",
        help: "login: a client that is registered there",
      },
      device: { type: "boolean", help: "login: by a code that is entered on another machine" },
      force: { type: "boolean", help: "in the place of one that is there" },
      "no-browser": { type: "boolean", help: "login: only say which page to open" },
      scope: { type: "string", multiple: true, value: "SCOPE", help: "login: what to ask for" },
    },
    load: async () => (await import("./login.ts")).login,
  },
  logout: {
    ...named,
    options: { revoke: { type: "boolean", help: "logout: have the server end it first" } },
    load: async () => (await import("./logout.ts")).logout,
  },
  put: {
    ...named,
    options: {
      force: { type: "boolean", help: "in the place of one that is there" },
      shared: { type: "boolean", help: "put: another program has it too; see adopt" },
    },
    load: async () => (await import("./put.ts")).put,
  },
  remove: {
    ...named,
    options: {},
    load: async () => (await import("./logout.ts")).logout,
  },
  report: {
    operands: "NAME GENERATION",
    arity: [2, 2],
    options: {},
    load: async () => (await import("./report.ts")).report,
  },
};
