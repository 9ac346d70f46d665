import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";
import { askToApprove } from "../references/approve.ts";
import { approvedOf, readEnvFile } from "../references/env-file.ts";

/** `approval add FILE`: asks at the terminal, or is told what its content must be. */
export async function addApproval({ caller, positionals, values }: Input): Promise<number> {
  const [, given] = positionals;
  if (given === undefined) throw usage("it takes a file");
  const file = readEnvFile(given);
  const { sha256 } = values;
  if (sha256 === undefined) await askToApprove(caller, file);
  else {
    if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/u.test(sha256)) {
      throw usage("--sha256 takes 64 lower-case hex digits");
    }
    if (sha256 !== file.sha256) {
      throw new StrongroomError("CONFLICT", `${file.path} has other content than that`, {
        hint: "look at the file: it is not what was meant to be approved",
      });
    }
    await caller.change("approval/add", approvedOf(file));
  }
  if (values["json"] === true) writeJson(approvedOf(file));
  else writeNote(`strongroom: ${file.path} is approved as it is now`);
  return 0;
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `approval add: ${what}`, {
    hint: "strongroom approval add .env",
  });
}
