import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CLIPBOARD_FOLDERS } from "@strongroom/client/protocol";
import { Clipboards } from "@strongroom/daemon/src/clipboard/clipboards.ts";
import { systemTools } from "@strongroom/daemon/src/clipboard/tools.ts";
import type { Place } from "@strongroom/daemon/src/clipboard/tools.ts";
import { beforeEach, describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const PROGRAMS = {
  pbcopy: ["pbpaste", "pbcopy"],
  "wl-copy": ["wl-paste", "wl-copy"],
  xclip: ["xclip", "xclip"],
  xsel: ["xsel", "xsel"],
} as const;
const XCLIP = { tool: "xclip", display: { DISPLAY: ":1" } } as const;

/** A desk with clipboards, and timers that run out when they are told to. */
class Desk {
  readonly held = new Map<string, string>();
  readonly due: (() => void)[] = [];
  readonly clipboards: Clipboards = new Clipboards(
    {
      after: (_ms, callback) => {
        this.due.push(callback);
        return () => void this.due.splice(this.due.indexOf(callback), 1);
      },
    },
    {
      read: ({ display }: Place) => {
        const text = this.held.get(display.DISPLAY ?? "");
        return text === undefined
          ? Promise.reject(new Error("gone"))
          : Promise.resolve(Buffer.from(text));
      },
      demand: ({ tool }: Place) =>
        tool === "xclip" ? Promise.resolve() : Promise.reject(new Error("not there")),
      clear: ({ display }: Place) => {
        this.held.set(display.DISPLAY ?? "", "");
        return Promise.resolve();
      },
    },
  );
  async pass(): Promise<void> {
    for (const callback of this.due.splice(0)) callback();
    await this.clipboards.land();
  }
}

describe("the programs of a clipboard", () => {
  it("are looked for before anything is promised", async () => {
    const display = { DISPLAY: ":1" };
    for (const tool of ["pbcopy", "wl-copy", "xclip", "xsel"] as const) {
      const [reads, clears] = PROGRAMS[tool];
      const isThere = [reads, clears].every((program) =>
        CLIPBOARD_FOLDERS.some((folder) => existsSync(join(folder, program))),
      );
      const code = await systemTools.demand({ tool, display }).then(
        () => "there",
        (error: unknown) => (error as { readonly code?: string }).code,
      );
      expect([tool, code]).toEqual([tool, isThere ? "there" : "UNAVAILABLE"]);
    }
    const vault = new TestVault();
    const asked = { tool: "pbcopy", display, sha256: sha256("x"), after: 1000 } as const;
    if (process.platform === "linux" && !existsSync("/usr/bin/pbpaste")) {
      expect(await codeOf(vault.call("clipboard/clear", asked))).toBe("UNAVAILABLE");
    }
  });
});

describe("a clipboard", () => {
  let desk: Desk;
  beforeEach(() => {
    desk = new Desk();
  });

  it("is cleared after its time, if it still holds what was put there", async () => {
    desk.held.set(":1", "value");
    desk.clipboards.clearLater({ ...XCLIP, sha256: sha256("value"), after: 1000 });
    expect(desk.held.get(":1")).toBe("value");
    await desk.pass();
    expect(desk.held.get(":1")).toBe("");
  });

  it("keeps what somebody put there since", async () => {
    desk.held.set(":1", "another");
    desk.clipboards.clearLater({ ...XCLIP, sha256: sha256("value"), after: 1000 });
    await desk.pass();
    expect(desk.held.get(":1")).toBe("another");
  });

  it("is cleared once, for what was put there last; each display by itself", async () => {
    for (const [display, text] of [
      [":1", "first"],
      [":1", "second"],
      [":2", "third"],
    ] as const) {
      desk.held.set(display, text);
      const place = { tool: "xclip", display: { DISPLAY: display } } as const;
      desk.clipboards.clearLater({ ...place, sha256: sha256(text), after: 1000 });
    }
    expect(desk.due).toHaveLength(2);
    await desk.pass();
    expect([...desk.held.values()]).toEqual(["", ""]);
  });

  it("is cleared at once when the daemon lands", async () => {
    desk.held.set(":1", "value");
    desk.clipboards.clearLater({ ...XCLIP, sha256: sha256("value"), after: 1000 });
    await desk.clipboards.land();
    expect([desk.held.get(":1"), desk.due.length]).toEqual(["", 0]);
  });

  it("that is not there any more holds nobody up", async () => {
    desk.clipboards.clearLater({ ...XCLIP, sha256: sha256("value"), after: 1000 });
    await desk.pass();
    expect(desk.held.size).toBe(0);
  });
});
