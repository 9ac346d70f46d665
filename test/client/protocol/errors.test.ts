import { ERRORS, StrongroomError } from "@strongroom/client/protocol";
import type { ErrorCode } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";

const codes = Object.keys(ERRORS) as ErrorCode[];

describe("an error of the table", () => {
  it.each(codes)("%s goes on the wire with a hint, its own or that of its code", (code) => {
    const own = new StrongroomError(code, "what is wrong", { hint: "what goes on" }).toWire();
    expect(own.data).toMatchObject({ code, hint: "what goes on" });
    const bare = new StrongroomError(code, "what is wrong").toWire();
    expect(bare.data.hint).toBe(ERRORS[code].hint);
    expect(bare.data.hint).not.toBe("");
  });

  it("comes back from the wire as it was sent", () => {
    const details = { hint: "read it again", version: 0, retryAfterMs: 7 };
    const sent = new StrongroomError("CONFLICT", "another version stands", details);
    const back = StrongroomError.fromWire(sent.toWire());
    expect(back).toMatchObject({ code: "CONFLICT", message: sent.message, ...details });
    expect(back.exitCode).toBe(5);
    expect(back.retryable).toBe(false);
  });

  it("is INTERNAL when the other end sends none of the table", () => {
    for (const data of [undefined, null, 7, {}, { code: "toString" }, { code: 5 }]) {
      const error = StrongroomError.fromWire({ code: -1, message: "odd", data });
      expect(error).toMatchObject({ code: "INTERNAL", hint: ERRORS.INTERNAL.hint });
    }
  });
});
