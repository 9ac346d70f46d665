import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  formatSupervision,
  readSupervision,
  SUPERVISION_NAME,
} from "@strongroom/client/src/supervision.ts";
import { resolveHome } from "@strongroom/client/protocol";
import { afterAll, describe, expect, it } from "vitest";

const root = mkdtempSync(join(tmpdir(), "sr-"));
const vault = join(realpathSync(root), "vault");
mkdirSync(vault);
const home = { ...resolveHome({ STRONGROOM_HOME: root }), config: root };
const written = (text: string): ReturnType<typeof readSupervision> => {
  writeFileSync(join(root, SUPERVISION_NAME), text);
  return readSupervision(home);
};

afterAll(() => rmSync(root, { recursive: true }));

describe("who starts the daemon", () => {
  it("is whoever needs it where nothing is said, and else is read as it was written", () => {
    expect(readSupervision({ ...home, config: join(root, "none") })).toBeUndefined();
    for (const supervision of [
      { kind: "systemd", unit: "strongroom", socket: "/run/user/1/strongroom/a.sock", vault },
      { kind: "launchd", unit: "strongroom-0123456789abcdef", vault },
      { kind: "windows", unit: "strongroom", vault },
    ] as const) {
      expect(written(formatSupervision(supervision))).toEqual(supervision);
    }
  });

  it.each(["-h", "a b", "../x", "a;b", "", "A", 7, "x".repeat(65)])(
    "is nobody whose unit is called anything but a plain name: %j",
    (unit) => {
      const said = { schema: 1, kind: "launchd", unit, vault };
      expect(written(JSON.stringify(said))).toBeUndefined();
    },
  );

  it.each(["", "{", "null", "[]", '{"kind":"systemd","unit":"a"}', '{"kind":"x","unit":"a"}'])(
    "is nobody that is said by %j",
    (text) => {
      expect(written(text)).toBeUndefined();
    },
  );

  it("is nobody where that was copied here with the home of another vault", () => {
    const said = { kind: "launchd", unit: "strongroom", vault: `${vault}2` } as const;
    expect(written(formatSupervision(said))).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")(
    "is nobody where a pipe or a link stands there, and it does not hang",
    () => {
      const path = join(root, SUPERVISION_NAME);
      rmSync(path, { force: true });
      execFileSync("mkfifo", [path]);
      expect(readSupervision(home)).toBeUndefined();
      rmSync(path);
      const said = formatSupervision({ kind: "launchd", unit: "strongroom", vault });
      writeFileSync(`${path}.other`, said);
      symlinkSync(`${path}.other`, path);
      expect(readSupervision(home)).toBeUndefined();
      rmSync(path);
    },
  );

  it("is no systemd whose socket has a relative path", () => {
    const said = { kind: "systemd", unit: "a", socket: "a.sock", vault };
    expect(written(JSON.stringify(said))).toBeUndefined();
  });
});
