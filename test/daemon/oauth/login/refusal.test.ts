import { StrongroomError } from "@strongroom/client/protocol";
import { loginFailure } from "@strongroom/daemon/src/oauth/login/refusal.ts";
import { expect, it } from "vitest";

it("a server that has a fault is not called another one", () => {
  const about = (status: number): StrongroomError =>
    loginFailure(new Error("odd", { cause: new Response(null, { status }) }), "signing in");
  expect(about(500).message).toBe("signing in: the server answers with status 500");
  expect(about(500).hint).toContain("sign in again when it works");
  expect(about(200).message).toContain("not as the standard has it");
  expect(loginFailure(new Error("odd"), "signing in").code).toBe("UNAVAILABLE");
});
