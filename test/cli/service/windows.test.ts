import { spawnSync } from "node:child_process";
import { resolveHome } from "@strongroom/client/protocol";
import { expect, it } from "vitest";
import { Windows } from "strongroom/src/service/windows.ts";
import { pythonWith } from "../../support/secret-bus.ts";

const python = pythonWith("xml.etree.ElementTree");
const READ = `
import sys, xml.etree.ElementTree as tree
task = tree.fromstring(sys.stdin.buffer.read())
print("\\n".join(each.text or "" for each in task.iter() if each.tag.endswith(("}Command", "}Arguments", "}RunLevel"))))`;

it.skipIf(python.python === "")(
  `is told of the daemon by a task for one user that others read, too${python.no}`,
  () => {
    const [file] = new Windows().files({
      home: resolveHome({ STRONGROOM_HOME: "/h/a & b" }),
      unit: "strongroom",
      vault: "/h/vault",
      identity: "0123456789abcdef",
      words: ["C:\\Program Files\\node.exe", "C:\\s & co\\strongroomd.js", "--auto"],
      variables: [["STRONGROOM_HOME", "C:\\a & b"]],
      unset: [],
      version: "1.2.3",
    });
    expect(file?.content.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xfe]));
    const { stdout } = spawnSync(python.python, ["-c", READ], { input: file?.content });
    expect(stdout.toString().split("\n")).toEqual([
      "LeastPrivilege",
      "%SystemRoot%\\System32\\cmd.exe",
      '/d /s /c "set "STRONGROOM_HOME=C:\\a & b" & "C:\\Program Files\\node.exe" "C:\\s & co\\strongroomd.js" "--auto""',
      "",
    ]);
  },
);
