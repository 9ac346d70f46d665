import { bootId, isPastSpawnClaim, spawnClaimName } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";

describe("bootId", () => {
  it("is the same at every look", () => {
    expect(bootId()).toBe(bootId());
  });
});

describe("spawn claims", () => {
  it("are past when they are of another boot or of an earlier moment", () => {
    const name = spawnClaimName();
    const split = name.lastIndexOf(".");
    const moment = Number(name.slice(split + 1));
    expect(isPastSpawnClaim(name)).toBe(false);
    expect(isPastSpawnClaim(`${name.slice(0, split)}.${moment + 1}`)).toBe(false);
    expect(isPastSpawnClaim(`${name.slice(0, split)}.${moment - 3}`)).toBe(true);
    expect(isPastSpawnClaim(`spawn.another-boot.${moment}`)).toBe(true);
  });

  it("are told from the other files of run/", () => {
    expect(isPastSpawnClaim("0123456789abcdef.sock")).toBe(false);
  });
});
