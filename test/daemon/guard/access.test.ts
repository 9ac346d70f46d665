import { writeFileSync } from "node:fs";
import type { RunTool } from "@strongroom/client/protocol";
import { closeToOthers, demandClosed } from "@strongroom/daemon/src/guard/access.ts";
import { expect, it } from "vitest";

const home = { vault: "C:\\h\\vault", config: "C:\\h\\config", state: "C:\\h\\state" };
const OURS = "D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)";
const PUBLIC = "D:P(A;OICI;FA;;;SY)(A;OICI;FR;;;WD)";

function saving(lists: { readonly [folder: string]: string }): RunTool {
  return (_name, [folder = "", , file = ""]) => {
    const list = lists[folder];
    if (list !== undefined) writeFileSync(file, `name\r\n${list}\r\n`, "utf16le");
    return "";
  };
}

it("a home on Windows that everyone may read is refused with the command that closes it", () => {
  for (const folder of Object.values(home)) {
    const lists = Object.fromEntries(Object.values(home).map((each) => [each, OURS]));
    const refused = (): void => demandClosed(home, saving({ ...lists, [folder]: PUBLIC }), "win32");
    expect(refused).toThrow(
      expect.objectContaining({
        code: "DENIED",
        message: `${folder} is open to others: S-1-1-0`,
        hint: expect.stringContaining(
          `icacls "${folder}" /inheritance:r /remove:g "*S-1-1-0"`,
        ) as string,
      }) as Error,
    );
    demandClosed(home, saving(lists), "win32");
  }
});

it("a home of which icacls says nothing is served", () => {
  demandClosed(home, saving({}), "win32");
});

it("other systems are not asked for lists", () => {
  const never: RunTool = () => expect.unreachable();
  demandClosed(home, never, "linux");
  closeToOthers(Object.values(home), never, "linux");
});
