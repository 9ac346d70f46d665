import { demandReachable } from "@strongroom/daemon/src/oauth/reachable.ts";
import { expect, it } from "vitest";
import { credential } from "../../support/oauth/credential.ts";

const PLACED = credential("a").registration;

it("a server that could never be asked is refused with what goes on, however it is named", () => {
  const refused = (more: Partial<typeof PLACED>): void =>
    demandReachable({ ...credential("a"), registration: { ...PLACED, ...more } });
  for (const more of [
    { tokenEndpoint: "https://127.0.0.1:9/token" },
    { tokenEndpoint: "http://as.example/token" },
    { tokenEndpoint: "https://169.254.169.254/token" },
    { tokenEndpoint: "https://localhost/token", privateHost: "localhost:443" },
    { revocationEndpoint: "https://10.0.0.1/revoke" },
  ]) {
    expect(() => refused(more)).toThrow(
      expect.objectContaining({ code: "INVALID", hint: expect.stringContaining("help oauth") }),
    );
  }
  expect(() => refused({ tokenEndpoint: "https://10.0.0.1/token" })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("privateHost") }),
  );
  expect(() => refused({ tokenEndpoint: "http://a.b/token" })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("https") }),
  );
  expect(() =>
    refused({ tokenEndpoint: "http://127.0.0.1:9/token", privateHost: "127.0.0.1" }),
  ).not.toThrow();
});

it("a credential that is not refreshed from here may have any server", () => {
  const registration = { ...PLACED, tokenEndpoint: "http://127.0.0.1:9/token" };
  const given = credential("a", undefined, { registration });
  expect(() => demandReachable({ ...given, shared: true })).not.toThrow();
  expect(() => demandReachable({ ...given, tokens: { accessToken: "x" } })).not.toThrow();
  expect(() => demandReachable({ ...given, tokens: { refreshToken: "x" } })).toThrow();
  const { tokens: _, ...kept } = given;
  expect(() => demandReachable(kept)).toThrow();
});

it("a client that has no secret is refused where it is to prove itself by one", () => {
  const { clientSecret: _, ...registration } = PLACED;
  const asked = (clientAuth: typeof PLACED.clientAuth): void =>
    demandReachable({ ...credential("a"), registration: { ...registration, clientAuth } });
  for (const clientAuth of ["client_secret_basic", "client_secret_post"] as const) {
    expect(() => asked(clientAuth)).toThrow(
      expect.objectContaining({ code: "INVALID", hint: expect.stringContaining("clientSecret") }),
    );
  }
  expect(() => asked("none")).not.toThrow();
});
