import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DAEMON_WORD, singleFile } from "@strongroom/client/protocol";
import { findDaemonProgram } from "@strongroom/client/src/program.ts";
import { daemonProgram } from "strongroom/src/program.ts";
import { afterEach, describe, expect, it } from "vitest";
import { ROOT } from "../../support/throwaway.ts";

const ENTRY = readFileSync(join(ROOT, "scripts/binary/entry.cjs"), "utf8");

describe("the single file", () => {
  afterEach(() => Reflect.deleteProperty(globalThis, "strongroomSingleFile"));

  it("is its own daemon, by the word that its entry knows", () => {
    Object.assign(globalThis, { strongroomSingleFile: true });
    const command = process.execPath;
    expect(singleFile()).toBe(command);
    expect(findDaemonProgram()).toEqual({ command, args: [DAEMON_WORD] });
    expect(daemonProgram("--auto")).toEqual({ command, args: [DAEMON_WORD, "--auto"] });
    expect(ENTRY).toContain(`process.argv[2] === "${DAEMON_WORD}"`);
    expect(ENTRY).toContain("globalThis.strongroomSingleFile = true");
  });

  it("is nothing that Node runs", () => {
    expect(singleFile()).toBeUndefined();
    expect(daemonProgram().args[0]).toMatch(/strongroomd\.js$/u);
  });
});
