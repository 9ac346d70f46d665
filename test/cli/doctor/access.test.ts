import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunTool } from "@strongroom/client/protocol";
import { accessTo } from "strongroom/src/doctor/access.ts";
import { expect, it, onTestFinished } from "vitest";

function folders(count: number): string[] {
  return Array.from({ length: count }, () => {
    const folder = mkdtempSync(join(tmpdir(), "strongroom-access-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return folder;
  });
}

function saving(list: (folder: string) => string | undefined): RunTool {
  return (_name, [folder = "", , file = ""]) => {
    const sddl = list(folder);
    if (sddl !== undefined) writeFileSync(file, `name\r\n${sddl}\r\n`, "utf16le");
    return "";
  };
}

it("says which folders of Windows are open to whom, and which it could not look at", () => {
  const [open = "", silent = "", closed = ""] = folders(3);
  const lists = new Map([
    [open, "D:(A;OICI;FA;;;BU)"],
    [closed, "D:P(A;OICI;FA;;;SY)"],
  ]);
  const found = accessTo(
    [open, silent, closed, "/no/such/folder"],
    saving((folder) => lists.get(folder)),
  );
  expect(found).toMatchObject([
    { check: "access", verdict: "problem", message: `${open} is open to others: S-1-5-32-545` },
    { check: "access", verdict: "note", message: `not checked: icacls says nothing of ${silent}` },
  ]);
  expect(found[0]?.mend).toContain(`icacls "${open}"`);
});

it("says that all is well once, and nothing where nothing is", () => {
  const all = saving(() => "D:P(A;OICI;FA;;;SY)");
  expect(accessTo(folders(2), all)).toMatchObject([{ check: "access", verdict: "ok" }]);
  expect(accessTo(["/no/such/folder"], all)).toEqual([]);
});
