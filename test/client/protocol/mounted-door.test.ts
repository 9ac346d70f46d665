import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkHome, mountedDoor, mountedRefusal, resolveHome } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { describe, expect, it, onTestFinished } from "vitest";

const OTHER = 23_456;
const isRoot = process.getuid?.() === 0;
const NO_KEY = /export STRONGROOM_API_KEY_FILE=FILE$/u;
const ELSEWHERE = /export STRONGROOM_HOME=FOLDER$/u;
const ANEW = /strongroom key socket FOLDER --group GROUP$/u;

function homeOf(): Home {
  const root = mkdtempSync(join(tmpdir(), "sr-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const home = resolveHome({ STRONGROOM_HOME: root });
  mkdirSync(home.run, { mode: 0o700 });
  return home;
}

/** A home in a container, into which another user's folder with a socket was mounted. */
async function mounted(owner = OTHER): Promise<Home> {
  const home = homeOf();
  const path = join(home.run, "key.sock");
  const server = createServer();
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(path, resolve));
  for (const each of [path, home.run]) chownSync(each, owner, owner);
  chmodSync(home.run, 0o710);
  return home;
}

it.skipIf(process.platform === "win32")("is no door where others could put one", () => {
  const home = homeOf();
  expect(mountedDoor(home)).toBeUndefined();
  writeFileSync(join(home.run, "key.sock"), "");
  expect(mountedDoor(home)).toBeUndefined();
  chmodSync(home.run, 0o722);
  expect(mountedDoor(home)).toBeUndefined();
});

describe.skipIf(process.platform === "win32")("what is not mounted", () => {
  it("is refused for what it is, with the mend of a folder of one's own", () => {
    const home = homeOf();
    expect(mountedRefusal(home)).toBeUndefined();
    chmodSync(home.run, 0o755);
    expect(mountedRefusal(home)).toBeUndefined();
    expect(() => checkHome(home)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^chmod 700 /u) as string }),
    );
  });

  it.skipIf(!isRoot)("is another's folder beside a vault", () => {
    const home = homeOf();
    mkdirSync(home.vault, { mode: 0o700 });
    chownSync(home.run, OTHER, OTHER);
    expect(() => checkHome(home)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/^chown 0 /u) as string }),
    );
  });
});

describe.skipIf(!isRoot)("what the vault's owner has mounted into a container", () => {
  it.each<readonly [string, (home: Home) => void, RegExp]>([
    ["when no key was given", () => {}, NO_KEY],
    ["when its daemon is away", ({ run }) => rmSync(join(run, "key.sock")), NO_KEY],
    ["below a folder of another", ({ run }) => chownSync(join(run, ".."), OTHER, OTHER), ELSEWHERE],
    ["below a folder that is open", ({ run }) => chmodSync(join(run, ".."), 0o777), ELSEWHERE],
    ["when others may write in it", ({ run }) => chmodSync(run, 0o770), ANEW],
    [
      "when the socket is a third one's",
      ({ run }) => chownSync(join(run, "key.sock"), OTHER + 1, OTHER),
      ANEW,
    ],
  ])("is refused with no advice to change it: %s", async (_, change, mend) => {
    const home = await mounted();
    change(home);
    const refused = expect.objectContaining({
      code: "DENIED",
      hint: expect.stringMatching(mend) as string,
    }) as Error;
    expect(mountedDoor(home) === undefined).toBe(mend !== NO_KEY);
    expect(() => checkHome(home)).toThrow(refused);
  });

  it.each([0o710, 0o711])(
    "keeps its mode where the container runs as its owner and its daemon is away: %o",
    async (mode) => {
      const home = await mounted(0);
      rmSync(join(home.run, "key.sock"));
      chmodSync(home.run, mode);
      expect(mountedDoor(home)).toBe(join(home.run, "key.sock"));
      expect(() => checkHome(home)).toThrow(
        expect.objectContaining({ hint: expect.stringMatching(NO_KEY) as string }),
      );
      mkdirSync(home.vault, { mode: 0o700 });
      expect(mountedDoor(home)).toBeUndefined();
      expect(() => checkHome(home)).toThrow(
        expect.objectContaining({ hint: expect.stringMatching(/^chmod 700 /u) as string }),
      );
    },
  );

  it("keeps the mode that lets a group in, where the container runs as its owner", async () => {
    const home = await mounted(0);
    expect(() => checkHome(home)).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(NO_KEY) as string }),
    );
    expect(() => checkHome(home, true)).not.toThrow();
  });
});
