import type { OAuthCredential } from "@strongroom/client/protocol";
import type { Item } from "strongroom/src/imports/found.ts";
import { fitting } from "strongroom/src/imports/fit.ts";
import type { Fit } from "strongroom/src/imports/fit.ts";
import { describe, expect, it } from "vitest";

function item(name: string, metadata: object = {}, value = "sup3r"): Item {
  return { name, value: Buffer.from(value), metadata };
}

function ofItems(items: readonly Item[], prefix = ""): Fit {
  return fitting({ items, credentials: [], remarks: [] }, prefix);
}

const names = ({ items }: Fit): string[] => [...items.keys()];

const CREDENTIAL = {
  name: "mcp/a",
  registration: {
    issuer: "https://as.example",
    tokenEndpoint: "https://as.example/token",
    clientId: "client",
    clientAuth: "none",
  },
  scopes: ["read"],
  tokens: { accessToken: "sup3r", refreshToken: "hush" },
  shared: true,
} as const satisfies OAuthCredential;

function ofCredentials(...credentials: readonly OAuthCredential[]): Fit {
  return fitting({ items: [], credentials, remarks: [] }, "");
}

describe("a secret of a source", () => {
  it("keeps its value, and what a vault takes of what is known of it", () => {
    const metadata = { note: "n", tags: "x", expiresAt: 1e300, own: 1, ["__proto__"]: 2 };
    const { items, remarks } = ofItems([
      item("a", metadata),
      item("b", { note: "x".repeat(20_000) }),
    ]);
    expect(items.get("a")).toEqual(item("a", { note: "n" }));
    expect(items.get("b")).toEqual(item("b"));
    expect(remarks).toEqual([
      "a comes without one thing that is known of it: metadata.tags must be an array",
      "a comes without one thing that is known of it: metadata.expiresAt must be an integer from 0",
      "a comes without one thing that is known of it: metadata.own is not known here",
      "a comes without one thing that is known of it: metadata.__proto__ is not known here",
      "b comes without one thing that is known of it: metadata must not be larger than 16384 bytes as JSON",
    ]);
  });

  it("is left out where its name, its value or its place is none for a vault", () => {
    const found = ofItems([
      item("x".repeat(300)),
      item("", {}),
      item("large", {}, "x".repeat(1_048_577)),
      item("b"),
      item("b"),
    ]);
    expect(names(found)).toEqual(["b"]);
    expect(found.remarks).toEqual([
      `"${"x".repeat(60)}…" can be no name in a vault, and is left out`,
      '"" can be no name in a vault, and is left out',
      "large is larger than a value may be, and is left out",
      "b is there twice; the first one counts",
    ]);
  });

  it("is put below a prefix that is encoded like its name, and by itself", () => {
    expect(names(ofItems([item("b"), item("/c"), item("d*")], "50%/"))).toEqual([
      "50%/b",
      "50%/%2Fc",
      "50%/d%2A",
    ]);
    expect(names(ofItems([item("b")], "a*/"))).toEqual(["a%2A/b"]);
    expect(names(ofItems([item("x".repeat(254))], "a/"))).toEqual([]);
  });
});

describe("an OAuth credential of a source", () => {
  it("has a name that a vault takes", () => {
    const { credentials, remarks } = ofCredentials(
      { ...CREDENTIAL, name: "mcp/my*server" },
      { ...CREDENTIAL, name: "mcp/my%2Aserver" },
    );
    expect(credentials).toEqual([{ ...CREDENTIAL, name: "mcp/my%2Aserver" }]);
    expect(remarks).toEqual([
      "a name was not fit for a vault, and is mcp/my%2Aserver",
      "mcp/my%2Aserver is there twice; the first one counts",
    ]);
  });

  it.each([
    [
      "registration.issuer",
      { registration: { ...CREDENTIAL.registration, issuer: "javascript:" } },
    ],
    ["registration.clientId", { registration: { ...CREDENTIAL.registration, clientId: "\n" } }],
    ["tokens.accessToken", { tokens: { accessToken: "sup3r\n" } }],
    ["tokens.accessToken", { tokens: { accessToken: "x".repeat(16_385) } }],
    ["tokens.expiresAt", { tokens: { expiresAt: 1e300 } }],
    ["scopes[1]", { scopes: ["read", 'sup3r"'] }],
  ])("is left out, and told by its name, for its %s", (field, unfit) => {
    const { credentials, remarks } = ofCredentials({ ...CREDENTIAL, ...unfit });
    expect(credentials).toEqual([]);
    expect(remarks).toEqual([expect.stringContaining(`mcp/a is left out, for ${field} must `)]);
    expect(remarks[0]).toMatch(/: strongroom oauth login mcp\/a URL$/u);
    expect(remarks[0]).not.toMatch(/sup3r|hush/u);
  });
});
