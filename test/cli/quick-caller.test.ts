import { connected, throwaway } from "../support/connected.ts";
import { expect, it } from "vitest";

it("goes the thorough way when the daemon was killed, and starts another", async () => {
  const place = throwaway();
  await place.cli(["set", "a"], "1");
  const pid = place.record()?.pid ?? 0;
  process.kill(pid, "SIGKILL");
  expect(await place.cli(["get", "a"])).toEqual({ status: 0, stdout: "1", stderr: "" });
  expect(place.record()?.pid).not.toBe(pid);
});

it("sends a change once more under the same request id when the daemon dies under it", async () => {
  const place = throwaway();
  await place.cli(["set", "a"], "1");
  const pid = place.record()?.pid ?? 0;
  process.kill(pid, "SIGSTOP");
  const setting = place.cli(["set", "a"], "2");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  process.kill(pid, "SIGKILL");
  expect(await setting).toEqual({ status: 0, stdout: "", stderr: "" });
  const client = await connected(place);
  expect(await client.get("a").then((secret) => [secret.text(), secret.version])).toEqual(["2", 2]);
});

it("says after its time that there was no answer, with 10", async () => {
  const place = throwaway();
  await place.cli(["set", "a"], "1");
  const pid = place.record()?.pid ?? 0;
  process.kill(pid, "SIGSTOP");
  const { status, stderr } = await place.cli(["get", "a", "--timeout", "200ms"]);
  process.kill(pid, "SIGCONT");
  expect([status, stderr]).toEqual([10, expect.stringContaining("code: TIMEOUT")]);
});
