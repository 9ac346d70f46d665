import { describe, expect, it } from "vitest";
import { CHAIN_ORIGIN, follow } from "@strongroom/daemon/src/audit/chain.ts";
import { verifyTrail } from "@strongroom/daemon/src/audit/verification.ts";
import { Trail } from "@strongroom/daemon/src/audit/trail.ts";

const RECORDS = ["one", "two", "three"].map((text) => Buffer.from(text));

const BROKEN = "/vault/audit.0000000000000007: audit record 1 is broken";

/** A trail that has sealed these records. */
function sealedTrail(): Trail {
  const trail = new Trail();
  trail.append(Buffer.concat(RECORDS.flatMap((each) => [Buffer.of(each.length), each])), 3);
  const segment = trail.begin(7n);
  for (const _ of segment?.blocks ?? []);
  trail.sealed(1);
  trail.settle(true);
  return trail;
}

async function verified(records: readonly Buffer[]): Promise<string> {
  return await verifyTrail(sealedTrail(), async (_place, record) => {
    records.forEach(record);
    return { path: "/vault/audit.0000000000000007" };
  }).then(() => "whole", String);
}

describe("a sealed segment", () => {
  it("is whole when its chain ends where the list says", async () => {
    expect(await verified(RECORDS)).toBe("whole");
    expect(sealedTrail().segments[0]?.after).toEqual(follow(CHAIN_ORIGIN, RECORDS));
  });

  it("is named when it does not end there, though each record opens", async () => {
    expect(await verified(RECORDS.toReversed())).toContain(BROKEN);
    expect(await verified(RECORDS.slice(1))).toContain(BROKEN);
    expect(await verified([...RECORDS, Buffer.from("four")])).toContain(BROKEN);
  });
});
