import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ROOT } from "../support/throwaway.ts";

const LAUNCHER = join(ROOT, "packages/cli/bin/strongroom.js");

test.each(["run folder", "runtime folder"])(
  "a copy of a home beside its running daemon is a vault of its own, its socket in the %s",
  (place) => {
    const base = realpathSync(mkdtempSync(join(tmpdir(), "sr-")));
    const runtime = place === "runtime folder" ? { XDG_RUNTIME_DIR: join(base, "runtime") } : {};
    mkdirSync(join(base, "runtime"), { mode: 0o700 });
    const run = (home: string, args: readonly string[], input = ""): object => {
      const env = {
        PATH: process.env["PATH"],
        HOME: base,
        STRONGROOM_HOME: join(base, home),
        ...runtime,
      };
      const options = { cwd: base, env, input, encoding: "utf8" } as const;
      const { status, stdout } = spawnSync(process.execPath, [LAUNCHER, ...args], options);
      return { status, stdout };
    };
    onTestFinished(() => {
      for (const home of ["a", "b"]) run(home, ["daemon", "stop"]);
      rmSync(base, { recursive: true, force: true });
    });
    run("a", ["set", "k"], "original");
    run("a", ["set", "gone"], "original");
    cpSync(join(base, "a"), join(base, "b"), {
      recursive: true,
      filter: (path) => !path.endsWith(".sock"),
    });
    run("a", ["set", "k"], "newer");
    expect(run("b", ["get", "k"])).toEqual({ status: 0, stdout: "original" });
    expect(run("b", ["set", "k"], "copy")).toMatchObject({ status: 0 });
    expect(run("b", ["delete", "gone"])).toMatchObject({ status: 0 });
    expect(run("a", ["get", "k"])).toEqual({ status: 0, stdout: "newer" });
    expect(run("a", ["get", "gone"])).toEqual({ status: 0, stdout: "original" });
  },
);
