import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { readAws } from "../helpers/aws.ts";
import { textOf } from "../helpers/text.ts";
import { toJson, writeData } from "../output.ts";

/** `aws process PROFILE`: what a credential_process prints. */
export const aws: Command = {
  operands: "process PROFILE",
  arity: [2, 2],
  options: {},
  patience: "35s",
  examples: [
    "strongroom renewer set aws/dev --every 45m -- /usr/local/bin/aws-sts-json dev",
    "strongroom aws process PROFILE",
  ],
  notes: [
    "In ~/.aws/config: credential_process = /usr/local/bin/strongroom aws process PROFILE. It is",
    "the secret aws/PROFILE, JSON with AccessKeyId, SecretAccessKey, and SessionToken and Expiration",
    "where there are, mostly made by a renewer: however many programs of AWS ask at once, it runs",
    "once. What AWS would not take is refused, and what has expired.",
  ],
  async run({ caller, positionals: [part, profile = ""] }) {
    if (part !== "process") {
      throw new StrongroomError("INVALID", "aws: that is not process", {
        hint: "strongroom aws process PROFILE",
      });
    }
    const secret = await caller.call("secret/get", { name: `aws/${profile}` });
    const found = readAws(textOf(secret) ?? "", Date.now());
    writeData(`${toJson(found)}\n`);
    return 0;
  },
};
