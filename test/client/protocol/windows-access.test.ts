import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { accessOf, restrictAccess } from "@strongroom/client/protocol";
import type { RunTool } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";

const FOLDER = String.raw`C:\Users\me\strong room\vault`;
const ME = "S-1-5-21-3623811015-3361044348-30300820-1013";
const OURS = `D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;${ME})`;
const PUBLIC = "D:AI(A;OICIID;FA;;;BA)(A;OICIID;0x1200a9;;;BU)(A;ID;0x1301bf;;;AU)";

/** The tools of Windows: one saves such a list, the other says who we are. */
function tools(
  sddl: string | undefined,
  who = `"MACHINE\\me","${ME}"\r\n`,
): RunTool & { readonly ran: string[][] } {
  const ran: string[][] = [];
  const run = (name: string, args: readonly string[]): string => {
    ran.push([name, ...args]);
    if (name === "whoami.exe") return who;
    if (args[1] === "/save" && sddl !== undefined) {
      writeFileSync(args[2] ?? "", `vault\r\n${sddl}\r\n`, "utf16le");
    }
    return "";
  };
  return Object.assign(run, { ran });
}

describe("the access to a folder on Windows", () => {
  it("is private where the list that icacls saves names its owner and the system alone", () => {
    const run = tools(OURS);
    expect(accessOf(FOLDER, run)).toEqual({ kind: "private" });
    expect(run.ran).toEqual([["icacls.exe", FOLDER, "/save", expect.any(String)]]);
  });

  it("is open where it names others, and comes with the command that closes it", () => {
    expect(accessOf(FOLDER, tools(PUBLIC))).toEqual({
      kind: "open",
      to: ["S-1-5-11", "S-1-5-32-545"],
      mend: `icacls "${FOLDER}" /inheritance:r /remove:g "*S-1-5-11" "*S-1-5-32-545" /grant:r "*${ME}:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F"`,
    });
  });

  it("is unknown where icacls saves nothing, or no list", () => {
    expect(accessOf(FOLDER, tools(undefined))).toEqual({ kind: "unknown" });
    expect(accessOf(FOLDER, tools(""))).toEqual({ kind: "unknown" });
    expect(accessOf(FOLDER, tools("Access is denied."))).toEqual({ kind: "unknown" });
    const failing: RunTool = () => {
      throw new Error("no such program");
    };
    expect(accessOf(FOLDER, failing)).toEqual({ kind: "unknown" });
  });

  it("is taken from all but the owner and the system when a folder is made", () => {
    const run = tools(undefined);
    restrictAccess([FOLDER, "D:\\other"], run);
    const grants = [
      "/grant:r",
      `*${ME}:(OI)(CI)F`,
      "*S-1-5-18:(OI)(CI)F",
      "*S-1-5-32-544:(OI)(CI)F",
    ];
    expect(run.ran).toEqual([
      ["whoami.exe", "/user", "/fo", "csv", "/nh"],
      ["icacls.exe", FOLDER, "/inheritance:r", ...grants],
      ["icacls.exe", "D:\\other", "/inheritance:r", ...grants],
    ]);
    restrictAccess([], run);
    expect(run.ran).toHaveLength(3);
  });

  it("is given to the user by name where no SID is said", () => {
    const run = tools(undefined, "MACHINE\\me\r\n");
    restrictAccess([FOLDER], run);
    expect(run.ran[1]).toContain(`${userInfo().username}:(OI)(CI)F`);
  });
});
