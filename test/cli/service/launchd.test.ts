import { spawnSync } from "node:child_process";
import { resolveHome } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import { Launchd } from "strongroom/src/service/launchd.ts";
import { pythonWith } from "../../support/secret-bus.ts";

const ODD = "/h/a & b/<x>";
const python = pythonWith("plistlib");

it.skipIf(python.python === "")(
  `is told of the daemon by a list of properties that others read, too${python.no}`,
  () => {
    const [file] = new Launchd().files({
      home: resolveHome({ STRONGROOM_HOME: ODD }),
      unit: "strongroom",
      vault: "/h/vault",
      identity: "0123456789abcdef",
      words: ["/usr/local/bin/node", `${ODD}/strongroomd.js`, "--auto"],
      variables: [["STRONGROOM_HOME", ODD]],
      unset: [],
      version: "1.2.3",
    });
    const load =
      "import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
    const { stdout } = spawnSync(python.python, ["-c", load], { input: file?.content });
    expect(JSON.parse(stdout.toString())).toMatchObject({
      Label: "strongroom",
      ProgramArguments: ["/usr/local/bin/node", `${ODD}/strongroomd.js`, "--auto"],
      EnvironmentVariables: { STRONGROOM_HOME: ODD },
      RunAtLoad: true,
      // Anything else than false here would start it for ever where another daemon runs.
      KeepAlive: { SuccessfulExit: false },
      ThrottleInterval: 30,
      HardResourceLimits: { Core: 0 },
      StandardErrorPath: `${ODD}/log/start.log`,
    });
  },
);
