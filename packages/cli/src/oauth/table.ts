import type { OAuthPart } from "./part.ts";

const named = { operands: "NAME", arity: [1, 1] } as const;

/** What `strongroom oauth` does, sorted. */
export const OAUTH_PARTS: { readonly [name: string]: OAuthPart } = {
  adopt: {
    ...named,
    options: {
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
  list: {
    operands: "",
    arity: [0, 0],
    options: {},
    load: async () => (await import("./list.ts")).list,
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
