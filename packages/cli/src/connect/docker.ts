import { homedir } from "node:os";
import { join } from "node:path";
import { singleFile, StrongroomError } from "@strongroom/client/protocol";
import { jsonPart, keysAt } from "./json-text.ts";
import { demandNoVault, given, plainOperand } from "./operands.ts";
import { onPath } from "./own-command.ts";
import type { Part, Tool } from "./tool.ts";

const HUB = "https://index.docker.io/v1/";
const HELPER = "docker-credential-strongroom";
const OURS = JSON.stringify("strongroom");

/** docker keeps its credentials here: all (`credsStore`), or those of one registry (`credHelpers`). */
export const docker: Tool = {
  operands: "[REGISTRY]",
  arity: [0, 1],
  partOf,
  aim: ({ values }, [registry]) => {
    demandNoVault(values, "docker");
    if (registry !== undefined) plainOperand(registry, "a registry");
    if (onPath(HELPER, process.env) === undefined) {
      throw new StrongroomError("NOT_FOUND", `docker finds ${HELPER} on the PATH alone`, {
        hint:
          singleFile() === undefined
            ? "npm install --global strongroom, then: strongroom connect docker"
            : "link the single file by that name in a folder of the PATH, then: strongroom connect docker",
      });
    }
    const folder = given(process.env, "DOCKER_CONFIG") ?? join(homedir(), ".docker");
    return {
      file: join(folder, "config.json"),
      value: OURS,
      remarks: (text) => remarksOn(text, registry),
    };
  },
};

function partOf(registry: string): Part {
  const path = registry === "" ? ["credsStore"] : ["credHelpers", keyOf(registry)];
  return jsonPart(path, path.join(" of "));
}

/** docker calls its own registry by this URL, however it is asked for. */
function keyOf(registry: string): string {
  return ["docker.io", "index.docker.io"].includes(registry) ? HUB : registry;
}

function remarksOn(text: string, registry: string | undefined): string[] {
  const isOther = (each: string): boolean =>
    jsonPart(["credHelpers", each], "").read(text) !== OURS;
  const kept = keysAt(text, ["auths"]).filter(
    (each) => keysAt(text, ["auths", each]).length > 0 && keyOf(registry ?? each) === each,
  );
  const others = registry === undefined ? keysAt(text, ["credHelpers"]).filter(isOther) : [];
  return [
    ...kept.map(
      (each) => `docker's own file still has a password of ${each}: docker login ${each}`,
    ),
    ...others.map((each) => `another helper stays for ${each}: strongroom connect docker ${each}`),
  ];
}
