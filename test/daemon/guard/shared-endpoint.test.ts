import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatSharedDoor, resolveHome } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { SharedEndpoint } from "@strongroom/daemon/src/guard/shared-endpoint.ts";
import { describe, expect, it, onTestFinished } from "vitest";

/** Homes whose owners have named one folder for the socket of others. */
function scene(): { readonly folder: string; readonly homes: readonly [Home, Home] } {
  const place = realpathSync(mkdtempSync(join(tmpdir(), "sr-")));
  onTestFinished(() => rmSync(place, { recursive: true }));
  const folder = join(place, "door");
  mkdirSync(folder, { mode: 0o711 });
  const homeOf = (name: string): Home => {
    const home = resolveHome({ STRONGROOM_HOME: join(place, name) });
    for (const each of [home.vault, home.config]) mkdirSync(each, { recursive: true, mode: 0o700 });
    const door = { vault: home.vault, folder, mode: 0o666, group: null };
    writeFileSync(join(home.config, "key-socket.json"), formatSharedDoor(door));
    return home;
  };
  return { folder, homes: [homeOf("one"), homeOf("other")] };
}

function endpointOf(home: Home): SharedEndpoint {
  const endpoint = new SharedEndpoint(home, () => undefined);
  onTestFinished(() => endpoint.withdraw());
  return endpoint;
}

describe.skipIf(process.platform === "win32")("the socket for other users", () => {
  it("is not taken from another daemon that serves it, and is once nobody does", async () => {
    const { folder, homes } = scene();
    const [one, other] = homes.map(endpointOf);
    const inode = (): number => statSync(join(folder, "key.sock")).ino;
    await one?.publish();
    const first = inode();
    await expect(other?.publish()).rejects.toThrow(/key\.sock is served by another daemon/u);
    expect([inode(), one?.isOurs(), other?.isOurs()]).toEqual([first, true, false]);
    await one?.withdraw();
    await other?.publish();
    expect(other?.isOurs()).toBe(true);
  });

  it("is made where a daemon was killed and left its own", async () => {
    const { folder, homes } = scene();
    const dead = createServer().listen(join(folder, "x"));
    await once(dead, "listening");
    renameSync(join(folder, "x"), join(folder, "key.sock"));
    dead.close();
    await once(dead, "close");
    const endpoint = endpointOf(homes[0]);
    await endpoint.publish();
    expect(endpoint.isOurs()).toBe(true);
  });
});
