import fc from "fast-check";
import { iniPart, keysIn } from "strongroom/src/connect/ini-text.ts";
import { describe, expect, it } from "vitest";

const line = fc.constantFrom(
  "# a note",
  "; another",
  "",
  "region = eu",
  "s3 =",
  "  credential_process = of_s3",
  "[default]",
  "[profile other]",
  '[profile "dev"]',
  "[profile devil]",
  "credential_process=/old  one ",
);
const text = fc.tuple(fc.array(line), fc.constantFrom("\n", "\r\n"), fc.boolean());

/** The keys of sections by the rules of Python's configparser, line by line. */
function parsed(whole: string): Map<string, string> {
  const found = new Map<string, string>();
  let section = "";
  for (const each of whole.split(/\r?\n/u)) {
    if (/^[#;\s]|^$/u.test(each)) continue;
    if (each.startsWith("[")) section = each.slice(1, -1).replaceAll('"', "");
    else found.set(`${section}\n${each.split("=")[0]?.trim()}`, each.split("=")[1]?.trim() ?? "");
  }
  return found;
}

describe("a key in a section of lines", () => {
  it("is what stands there afterwards, in lines of which no other one changed", () => {
    fc.assert(
      fc.property(text, ([lines, end, isEnded]) => {
        const before = lines.join(end) + (isEnded && lines.length > 0 ? end : "");
        const part = iniPart("profile dev", "credential_process");
        const put = part.put(before, "/ours x");
        expect(part.read(put)).toBe("/ours x");
        expect(part.put(put, "/ours x")).toBe(put);
        const [old, fresh] = [parsed(before), parsed(put)];
        for (const [key, value] of old) {
          if (key !== "profile dev\ncredential_process") expect(fresh.get(key)).toBe(value);
        }
        const known = put.split(/\r?\n/u);
        for (const each of lines) {
          if (!each.startsWith("credential_process")) expect(known).toContain(each);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("goes again, with its section where that was made for it", () => {
    const part = iniPart("profile dev", "credential_process");
    for (const before of ["", "[default]\nregion = x\n", "# only a note\n"]) {
      expect(part.put(part.put(before, "/ours"), undefined).trim()).toBe(before.trim());
    }
    const mine = "[profile dev]\n# mine\n";
    expect(part.put(part.put(mine, "/ours"), undefined)).toBe(mine);
    expect(part.put("nothing here", undefined)).toBe("nothing here");
  });

  it("is not one that is indented below another key", () => {
    const nested = "[profile dev]\ns3 =\n  credential_process = not-ours\n";
    expect(iniPart("profile dev", "credential_process").read(nested)).toBeUndefined();
    expect(keysIn("[dev]\na = 1\nb=2\n[x]\nc=3", "dev")).toEqual(["a", "b"]);
  });
});
