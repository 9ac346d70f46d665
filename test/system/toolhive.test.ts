import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, Throwaway } from "../support/throwaway.ts";
import type { Ended } from "../support/throwaway.ts";

// Stands in for ToolHive, as far as its command line and its `environment` provider are published.
const THV = `#!${process.execPath}
const { writeFileSync } = require("node:fs");
const args = process.argv.slice(2);
const end = args.indexOf("--");
const own = end === -1 ? args : args.slice(0, end);
const asked = own.flatMap((arg, at) =>
  arg === "--secret" ? [own[at + 1]] : arg.startsWith("--secret=") ? [arg.slice(9)] : []);
const provider = process.env.TOOLHIVE_SECRETS_PROVIDER ?? "encrypted";
const given = {};
for (const secret of asked) {
  const [, name, target] = /^([^,]+),target=(.+)$/.exec(secret);
  if (provider === "environment") given[target] = process.env["TOOLHIVE_SECRET_" + name];
}
writeFileSync(process.env.HOME + "/thv.json", JSON.stringify({ args, provider, given }));
if (own.includes("waits")) {
  process.on("SIGTERM", () => process.exit(7));
  setTimeout(() => {}, 20_000);
}
`;
const PROGRAM = join(ROOT, "integrations/toolhive/strongroom-thv.mjs");

describe("strongroom-thv", () => {
  let place: Throwaway;
  beforeAll(async () => {
    place = new Throwaway();
    await place.cli(["set", "github/token"], "ghp-secret-1");
    await place.cli(["set", "db/json"], '{"password":"secret-2"}');
    const bin = join(place.home, "bin");
    mkdirSync(bin);
    symlinkSync(join(ROOT, "packages/cli/bin/strongroom.js"), join(bin, "strongroom"));
    writeFileSync(join(bin, "thv"), THV);
    chmodSync(join(bin, "thv"), 0o700);
  });
  afterAll(() => place.remove());

  const seen = (): string => join(place.home, "thv.json");

  /** Runs it with these arguments; what thv saw of the run before is gone. */
  function thv(...args: readonly string[]): Promise<Ended> {
    writeFileSync(seen(), "null");
    const path = `PATH=${join(place.home, "bin")}:${process.env["PATH"] ?? ""}`;
    return place.run("env", [path, process.execPath, PROGRAM, ...args]);
  }

  function saw(): unknown {
    return existsSync(seen()) ? JSON.parse(readFileSync(seen(), "utf8")) : undefined;
  }

  it("gives thv the values of references, and no argument has one", async () => {
    const one = "strongroom://github/token,target=GITHUB_TOKEN";
    const two = "--secret=strongroom://db/json#password,target=DB_PASSWORD";
    const ended = await thv("run", "--name", "gh", "--secret", one, two, "github");
    expect(ended).toEqual({ status: 0, stdout: "", stderr: "" });
    const [first, second] = ["GITHUB_TOKEN,target=GITHUB_TOKEN", "DB_PASSWORD,target=DB_PASSWORD"];
    expect(saw()).toEqual({
      args: ["run", "--name", "gh", "--secret", first, `--secret=${second}`, "github"],
      provider: "environment",
      given: { GITHUB_TOKEN: "ghp-secret-1", DB_PASSWORD: "secret-2" },
    });
  });

  it("leaves what is for the server as it is", async () => {
    const secret = ["--secret", "strongroom://github/token,target=T"];
    const server = ["--", "--secret", "strongroom://github/token,target=U"];
    expect((await thv("run", ...secret, "github", ...server)).status).toBe(0);
    expect(saw()).toMatchObject({
      args: ["run", "--secret", "T,target=T", "github", ...server],
      given: { T: "ghp-secret-1" },
    });
  });

  it("leaves a command without references to ToolHive's own provider", async () => {
    const args = ["run", "--secret", "mine,target=T", "github"];
    expect((await thv(...args)).status).toBe(0);
    expect(saw()).toEqual({ args, provider: "encrypted", given: {} });
  });

  it("passes on a signal, and how thv ended", async () => {
    writeFileSync(seen(), "null");
    const script = `PATH="$1/bin:$PATH"; "$2" "$3" run waits & pid=$!
until grep -q provider "$1/thv.json"; do sleep 0.01; done; kill $pid; wait $pid`;
    const args = [place.home, process.execPath, PROGRAM];
    expect((await place.run("sh", ["-c", script, "sh", ...args])).status).toBe(7);
  });

  it("starts nothing when a secret is missing", async () => {
    const ended = await thv("run", "--secret", "strongroom://not/there,target=T", "github");
    expect(ended.stderr).toContain("not/there");
    expect(ended.status).not.toBe(0);
    expect(saw()).toBeNull();
  });

  it.each([
    [["run", "--secret", "strongroom://a,target=T", "--secret", "b,target=U", "x"], "go together"],
    [["run", "--secret", "strongroom://a,target=A B", "x"], "the target of a secret is a variable"],
    [["list"], "usage: strongroom-thv run"],
  ])("refuses %j before anything starts", async (args, why) => {
    const ended = await thv(...args);
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(why);
    expect(saw()).toBeNull();
  });
});
