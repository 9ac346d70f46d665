import { openTo } from "@strongroom/client/src/protocol/sddl.ts";
import { describe, expect, it } from "vitest";

const ME = "S-1-5-21-3623811015-3361044348-30300820-1013";
const EVERYONE = "S-1-1-0";
const USERS = "S-1-5-32-545";
const AUTHENTICATED = "S-1-5-11";

describe("whom a list of Windows lets in", () => {
  for (const [what, sddl, to] of [
    ["a folder of a profile", `D:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;${ME})`, []],
    ["one restricted by us", `D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;${ME})`, []],
    ["one with its owner and group", `O:${ME}G:S-1-5-21-1-2-3-513D:P(A;OICI;FA;;;${ME})`, []],
    [
      "the root of a disk",
      "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;CI;LC;;;BU)(A;CIIO;DC;;;BU)(A;OICIIO;GA;;;CO)",
      [USERS],
    ],
    [
      "a folder made there",
      "D:AI(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)",
      [AUTHENTICATED, USERS],
    ],
    ["a share for everyone", "D:(A;OICI;FA;;;WD)", [EVERYONE]],
    ["a public folder", "D:AI(A;OICIID;0x1301bf;;;IU)(A;OICIID;FA;;;BA)", ["S-1-5-4"]],
    [
      "numbers in the place of letters",
      `D:(A;;FR;;;S-1-1-0)(A;;0x1;;;${USERS})`,
      [EVERYONE, USERS],
    ],
    ["the users of a domain", "D:(A;OICI;FR;;;S-1-5-21-1-2-3-513)", ["S-1-5-21-1-2-3-513"]],
    ["an entry for what is put into it alone", "D:P(A;OICIIO;GR;;;BU)", [USERS]],
    ["an entry with a condition", 'D:(XA;;FR;;;WD;(@User.Title=="VP"))', [EVERYONE]],
    ["who may write and not read", "D:(A;;DCLC;;;BU)", [USERS]],
    ["who may take it", "D:(A;;WO;;;AU)", [AUTHENTICATED]],
    ["rights that nobody knows", "D:(A;;QX;;;BU)", [USERS]],
    ["who may pass through and no more", "D:P(A;;0x1000a0;;;BU)(A;;FX;;;WD)", []],
    ["who is kept out", `D:(D;OICI;FA;;;WD)(A;OICI;FA;;;${ME})`, []],
    ["whose use is written down", `D:P(A;;FA;;;${ME})S:(AU;SAFA;FA;;;WD)`, []],
    ["a label of integrity", `D:P(A;;FA;;;${ME})S:AI(ML;;NW;;;LW)`, []],
    ["an empty list, which lets nobody", "D:P", []],
    ["no list, which lets everyone", "O:BAG:SY", [EVERYONE]],
    ["no control", "D:NO_ACCESS_CONTROL", [EVERYONE]],
    ["no control, and what is written down", "D:NO_ACCESS_CONTROLS:(AU;SAFA;FA;;;SY)", [EVERYONE]],
  ] as const) {
    it(`is known of ${what}`, () => {
      expect(openTo(sddl)).toEqual([...to].toSorted());
    });
  }

  it("is not known of a text that is no list", () => {
    for (const text of ["", "Access is denied.", "Zugriff verweigert", "vault"]) {
      expect(openTo(text)).toBeUndefined();
    }
  });
});

it("reads past conditions, and takes whom it does not know for many", () => {
  const system = "D:PAI(A;OICI;FA;;;SY)";
  const nested =
    '(XA;OICI;FA;;;WD;(@User.Title=="PM" && (@User.Division=="Finance" || @User.Division=="Sales")))';
  expect(openTo(system + nested)).toEqual(["S-1-1-0"]);
  for (const condition of ["(@User.S:x == 1)", '(@User.x == "a)")', '(@User.x == "((")']) {
    expect(openTo(`${system}(XA;OICI;FA;;;BA;${condition})(A;OICI;FA;;;WD)`)).toEqual(["S-1-1-0"]);
  }
  expect(openTo(`${system}(XA;OICI;FA;;;BA;(@User.x == "a)"))(A;OICI;FA;;;SY)`)).toEqual([]);
  for (const many of ["S-1-2-0", "S-1-5-113", "RU", "AC", "LG", "S-1-5-21-1-2-3-501", "S-1-5-14"]) {
    expect(openTo(`${system}(A;OICI;FA;;;${many})`)).toEqual([many]);
  }
  for (const one of ["S-1-5-21-1-2-3-1001", "S-1-12-1-1-2-3-4", "BA", "CO"]) {
    expect(openTo(`${system}(A;OICI;FA;;;${one})`)).toEqual([]);
  }
  expect(openTo("D:PAI(A;OICI;FA;;;SY")).toEqual(["S-1-1-0"]);
  expect(openTo("O:BAS:(XU;;FA;;;WD;(@User.D: == 1))")).toEqual(["S-1-1-0"]);
});
