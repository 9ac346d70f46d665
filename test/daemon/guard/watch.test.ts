import { Watch } from "@strongroom/daemon/src/guard/watch.ts";
import { afterEach, describe, expect, it, vi } from "vitest";

interface Thing {
  ours: boolean;
  broken: boolean;
  publications: number;
}

function make(): { watch: Watch; thing: Thing; said: string[]; lose: () => void } {
  const thing: Thing = { ours: true, broken: false, publications: 0 };
  const said: string[] = [];
  let lost = false;
  const watch = new Watch(
    {
      mayWrite: () => {
        if (lost) throw new Error("lost");
      },
      published: [
        {
          isOurs: () => thing.ours,
          publish: async () => {
            if (thing.broken) throw new Error("full");
            thing.ours = true;
            thing.publications += 1;
          },
        },
      ],
      lost: (error) => said.push(String(error)),
      unpublished: (error) => said.push(String(error)),
    },
    2_000_000_000,
  );
  return { watch, thing, said, lose: () => (lost = true) };
}

afterEach(() => vi.useRealTimers());

describe("Watch", () => {
  it("leaves alone what stands", async () => {
    const { watch, thing } = make();
    await watch.look();
    expect(thing.publications).toBe(0);
  });

  it("publishes anew what is gone, and tries again when that fails", async () => {
    const { watch, thing, said } = make();
    thing.ours = false;
    thing.broken = true;
    await watch.look();
    expect(said).toStrictEqual(["Error: full"]);
    thing.broken = false;
    await watch.look();
    expect(thing.publications).toBe(1);
  });

  it("says once that the vault is another's, and publishes nothing from then on", async () => {
    const { watch, thing, said, lose } = make();
    lose();
    thing.ours = false;
    await watch.look();
    await watch.look();
    expect(said).toStrictEqual(["Error: lost"]);
    expect(thing.publications).toBe(0);
  });

  it("does nothing once it was stopped", async () => {
    const { watch, thing } = make();
    thing.ours = false;
    await watch.stop();
    await watch.look();
    expect(thing.publications).toBe(0);
  });

  it("looks by itself", async () => {
    const thing = { ours: false };
    await new Promise<void>((resolve) => {
      const watch = new Watch(
        {
          mayWrite: () => undefined,
          published: [{ isOurs: () => thing.ours, publish: async () => resolve(watch.stop()) }],
          lost: () => undefined,
          unpublished: () => undefined,
        },
        1,
      );
      // The watch alone keeps no process alive.
      setTimeout(() => undefined, 1000).unref();
    });
  });

  it("keeps no process alive", async () => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
    const before = timers();
    const { watch } = make();
    expect(timers()).toBe(before);
    await watch.stop();
  });

  it("leaves no timer behind when it is stopped", async () => {
    vi.useFakeTimers();
    const { watch } = make();
    expect(vi.getTimerCount()).toBe(1);
    await watch.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
