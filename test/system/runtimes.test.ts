import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BUN, WHY_NO_BUN } from "../support/bun.ts";
import { DENO, WHY_NO_DENO } from "../support/deno.ts";
import { packAll, Project } from "../support/packed.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Ended } from "../support/throwaway.ts";

const PROGRAM = "sdk-smoke.mjs";
const DONE = {
  events: ["set smoke/large", "set smoke/one", "delete smoke/one"],
  isWhole: true,
  missing: "NOT_FOUND",
  names: ["smoke/large"],
  refused: "CONFLICT 1",
};
/** The variables that the client looks at, and those by which Deno finds the temporary folder. */
const VARIABLES = [
  "STRONGROOM_API_KEY",
  "STRONGROOM_API_KEY_FILE",
  "STRONGROOM_AUTOSTART",
  "STRONGROOM_HOME",
  "STRONGROOM_PASSPHRASE_FILE",
  "STRONGROOM_TIMEOUT",
  "TEMP",
  "TMP",
  "TMPDIR",
  "XDG_RUNTIME_DIR",
];
const why = WHY_NO_BUN === "" || WHY_NO_DENO === "" ? "" : WHY_NO_BUN;

// One vault each: the program expects to be the first.
describe.skipIf(why !== "")(
  `the SDK as published, installed by npm${why}`,
  { timeout: 120_000 },
  () => {
    let tarball: string;
    beforeAll(async () => {
      const shared = new Project();
      afterAll(() => shared.remove());
      tarball = (await packAll(join(shared.folder, "tarballs")))[0]?.file ?? "";
    }, 120_000);

    async function withProject(work: (project: Project) => Promise<void>): Promise<void> {
      const project = new Project();
      try {
        expect(project.install(tarball)).toBe("");
        cpSync(join(ROOT, "test/support/programs", PROGRAM), join(project.folder, PROGRAM));
        expect((await project.place.cli(["init"])).status).toBe(0);
        await work(project);
      } finally {
        await project.remove();
      }
    }

    function demandDone({ status, stderr, stdout }: Ended): void {
      expect([status, stderr]).toEqual([0, ""]);
      expect(JSON.parse(stdout)).toEqual(DONE);
    }

    it("does the same on Node", async () => {
      await withProject(async (project) => {
        demandDone(await project.run("node", [PROGRAM]));
      });
    });

    it.skipIf(WHY_NO_BUN !== "")(`and on Bun${WHY_NO_BUN}`, async () => {
      await withProject(async (project) => {
        demandDone(await project.run(BUN, [PROGRAM]));
      });
    });

    it.skipIf(WHY_NO_DENO !== "")(
      `and on Deno, which lets it reach the socket and not the key file${WHY_NO_DENO}`,
      async () => {
        await withProject(async (project) => {
          const socket = project.place.record()?.endpoint ?? "";
          const permissions = [
            `--allow-env=${VARIABLES.join(",")}`,
            `--allow-read=${join(project.place.home, "vault")},${join(project.place.home, "run")}`,
            `--allow-write=${socket}`,
            `--allow-net=unix:${socket}`,
            "--allow-sys=uid",
          ];
          const run = (...given: readonly string[]): Promise<Ended> => {
            const options = ["--no-prompt", "--quiet", "--no-remote", "--node-modules-dir=manual"];
            return project.run(DENO, ["run", ...options, ...given, PROGRAM]);
          };
          // Each of them is needed, and without the way to the socket that is what is said.
          for (const [at, left] of permissions.entries()) {
            const ended = await run(...permissions.filter((_, other) => other !== at));
            expect([left, ended.status]).toEqual([left, 1]);
            expect(ended.stderr).toMatch(/NotCapable/u);
            const toSocket = left.startsWith("--allow-net") || left.startsWith("--allow-write");
            if (toSocket)
              expect(ended.stderr).toContain(`connecting to ${socket} is not permitted`);
          }
          demandDone(await run(...permissions));
        });
      },
    );
  },
);
