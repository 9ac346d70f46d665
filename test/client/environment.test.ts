import { resolve } from "node:path";
import { daemonEnvironment } from "@strongroom/client/src/environment.ts";
import { expect, it } from "vitest";

it("passes on what a daemon needs and nothing that could load code or hold a secret", () => {
  const passed = {
    HOME: "/h",
    LC_ALL: "C",
    XDG_RUNTIME_DIR: "/r",
    STRONGROOM_HOME: "/s",
    TZ: "UTC",
  };
  const kept = daemonEnvironment({
    ...passed,
    PATH: "/evil",
    NODE_OPTIONS: "--require /evil.js",
    OPENSSL_CONF: "/evil.cnf",
    LD_PRELOAD: "/evil.so",
    STRONGROOM_API_KEY: "canary",
    AWS_SECRET_ACCESS_KEY: "canary",
  });
  const { PATH, ...others } = kept;
  expect(others).toEqual(passed);
  expect(PATH).not.toContain("evil");
});

it("makes a relative STRONGROOM_HOME absolute, for the daemon stands in another folder", () => {
  expect(daemonEnvironment({ STRONGROOM_HOME: "here" })).toMatchObject({
    STRONGROOM_HOME: resolve("here"),
  });
  expect(daemonEnvironment({ STRONGROOM_HOME: "" })).toMatchObject({ STRONGROOM_HOME: "" });
});
