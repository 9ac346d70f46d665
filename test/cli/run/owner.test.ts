import { isOrphan, ownFolderName } from "strongroom/src/run/owner.ts";
import { expect, it } from "vitest";

/** More than any pid of Linux. */
const NOBODY = "4194305";
const own = ownFolderName();
const [, pid = "", start = "", scope = "", random = ""] = own.split("-");
const other = (text: string): string => (text.startsWith("0") ? "1" : "0") + text.slice(1);
const named = (who: string, since: string, where: string): string =>
  `run-${who}-${since}-${where}-${random}`;
const [machine, boot, namespace] = [scope.slice(0, 8), scope.slice(8, 16), scope.slice(16)];

it("names the folder of this process, which is there", () => {
  expect(own).toMatch(/^run-\d+-\d+-[0-9a-f]{24}-[0-9a-f]{8}$/u);
  expect(ownFolderName()).not.toBe(own);
  expect(isOrphan(own)).toBe(false);
});

it("takes the folder of a process that is gone, and of another one with its pid, for an orphan", () => {
  expect(isOrphan(named(NOBODY, start, scope))).toBe(true);
  expect(isOrphan(named(pid, other(start), scope))).toBe(process.platform === "linux");
});

it("takes all from before the machine was started for orphans", () => {
  expect(isOrphan(named(pid, start, machine + other(boot) + namespace))).toBe(true);
});

it("does not judge by its pid what another container or machine runs", () => {
  expect(isOrphan(named(NOBODY, start, machine + boot + other(namespace)))).toBe(false);
  expect(isOrphan(named(NOBODY, start, other(machine) + boot + namespace))).toBe(false);
  expect(isOrphan(named(NOBODY, start, other(machine) + other(boot) + namespace))).toBe(false);
});

it("leaves alone what has another name", () => {
  for (const name of ["run-1", "daemon.pid", `${own}x`, `x${own}`, "run-1-2-abcdef01"])
    expect(isOrphan(name)).toBe(false);
});
