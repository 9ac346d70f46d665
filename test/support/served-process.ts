import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { silent } from "@strongroom/daemon/src/logging/logger.ts";
import { Server } from "@strongroom/daemon/src/server/listener.ts";

import { MapTurn } from "./map-turn.ts";

// A server in a process of its own, so that who attacks it does not share its event loop.
const folder = mkdtempSync(join(tmpdir(), "strongroom-served-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
const turn = new MapTurn();
const server = new Server({
  logger: silent,
  context: {
    control: turn,
    state: () => turn.state,
    whenOpened: () => Promise.resolve(),
    turn: () => turn,
    identity: () => ({ vault: "v", revision: turn.revision }),
  },
});
const path = join(folder, "s.sock");
await server.listen(path);
process.send?.(path);
