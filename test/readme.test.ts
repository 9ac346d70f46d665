import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ROOT, Throwaway } from "./support/throwaway.ts";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const tour = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)]
  .map((match) => match[1] ?? "")
  .find((block) => block.includes("strongroom init"));

let place: Throwaway | undefined;
afterEach(async () => {
  await place?.remove();
});

describe.skipIf(process.platform === "win32")("the tour of the README", () => {
  it("runs line by line and prints what it promises", async () => {
    place = new Throwaway();
    // In the tour's own words, but in a folder that is removed whatever happens.
    const script = (tour ?? "").replace('"$(mktemp -d)"', `"${place.home}"`);
    expect(script).toContain(place.home);
    const { status, stdout, stderr } = await place.run("sh", ["-e", "-c", script]);
    expect(stderr).not.toMatch(/Error|strongroom: error/);
    expect({ status, values: stdout.match(/hunter\d/g) }).toEqual({
      status: 0,
      values: ["hunter2", "hunter2", "hunter2"],
    });
    expect(stdout).toContain("exit 6");
    expect(stdout).toContain("db/password");
  });

  it("is about twenty lines long", () => {
    const lines = (tour ?? "").split("\n").filter((line) => line.trim() !== "");
    expect(lines.length).toBeGreaterThanOrEqual(15);
    expect(lines.length).toBeLessThanOrEqual(22);
  });
});
