import { homedir } from "node:os";
import { join } from "node:path";
import { iniPart, keysIn } from "./ini-text.ts";
import { demandSecret, given, plainOperand } from "./operands.ts";
import { ownWords } from "./own-command.ts";
import { peekAt } from "./peek.ts";
import type { Part, Tool } from "./tool.ts";

/** What AWS takes before the output of a program, where a profile has both. */
const EARLIER = ["role_arn", "sso_session", "sso_start_url", "web_identity_token_file"];

/** Programs of AWS ask us for the credentials of a profile (`credential_process`). */
export const aws: Tool = {
  operands: "PROFILE",
  arity: [1, 1],
  partOf,
  aim: async (input, [profile = ""]) => {
    plainOperand(profile, "a profile");
    const hint = `strongroom renewer set aws/${profile} --every 45m -- PROGRAM`;
    await demandSecret(input, `aws/${profile}`, hint);
    const words = ownWords(["aws", "process", profile], input.values["vault"], process.env);
    return {
      file: given(process.env, "AWS_CONFIG_FILE") ?? join(homedir(), ".aws", "config"),
      value: words.map(quoted).join(" "),
      remarks: (text) => remarksOn(text, profile),
    };
  },
};

function partOf(profile: string): Part {
  return iniPart(sectionOf(profile), "credential_process");
}

function sectionOf(profile: string): string {
  return profile === "default" ? "default" : `profile ${profile}`;
}

/** AWS splits at white space, and takes double quotes away. */
function quoted(word: string): string {
  return /\s/u.test(word) ? `"${word}"` : word;
}

function remarksOn(text: string, profile: string): string[] {
  const keys = keysIn(text, sectionOf(profile)).filter((key) => EARLIER.includes(key));
  const shared =
    given(process.env, "AWS_SHARED_CREDENTIALS_FILE") ?? join(homedir(), ".aws", "credentials");
  const isShared = keysIn(peekAt(shared) ?? "", profile).includes("aws_access_key_id");
  return [
    ...keys.map((key) => `AWS takes ${key} of this profile before it`),
    ...(isShared ? [`AWS takes the keys that ${shared} has of this profile before it`] : []),
  ];
}
