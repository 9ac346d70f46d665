import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeNote, writePreview } from "../output.ts";
import type { Action, CredentialStep, Obstacle, Plan, Step } from "./step.ts";

const MARKS: { readonly [A in Action]: string } = {
  conflict: "!",
  keep: "=",
  new: "+",
  replace: "~",
  same: "=",
};
const WORDS: { readonly [A in Action]: string } = {
  conflict: "another value is here",
  keep: "stays as it is here",
  new: "",
  replace: "takes the place of another value",
  same: "the same already",
};
const CREDENTIAL_WORDS: { readonly [A in Action]: string } = {
  ...WORDS,
  conflict: "another one is here",
  replace: "takes the place of another one",
  same: "there already",
};
const OBSTACLES: { readonly [O in Obstacle]: string } = {
  credential: "an OAuth credential has that name",
  own: "the vault has tokens of its own",
  renewer: "a program renews that name",
  secret: "a secret has that name",
};

/** Shows a plan, what changes nothing only where it `isDry`. Never a value. */
export function show({ credentials, remarks, steps }: Plan, isDry: boolean): void {
  const rows = steps.filter(({ action }) => isDry || action !== "same").map(rowOf);
  writePreview(columns([...rows, ...credentials.map(credentialRowOf)]));
  for (const remark of remarks) writeNote(`strongroom: ${escapeLine(remark)}`);
}

/** A plan as JSON says it. */
export function summary({ credentials, remarks, steps }: Plan): object {
  return {
    secrets: steps.map(({ action, item, name, obstacle }) => ({
      name,
      action,
      bytes: item.value.length,
      ...(obstacle === undefined ? {} : { obstacle }),
    })),
    credentials: credentials.map(({ action, credential: { name }, obstacle }) => ({
      name,
      isThere: action !== "new",
      action,
      ...(obstacle === undefined ? {} : { obstacle }),
    })),
    remarks,
  };
}

function rowOf({ action, item, name, obstacle }: Step): string[] {
  const word = obstacle === undefined ? WORDS[action] : OBSTACLES[obstacle];
  return [MARKS[action], escapeLine(name), `${item.value.length} B`, word];
}

function credentialRowOf({ action, credential, obstacle }: CredentialStep): string[] {
  const isNewShared = action === "new" && credential.shared === true;
  const word = isNewShared ? "shared, until it is adopted" : CREDENTIAL_WORDS[action];
  const words = obstacle === undefined ? word : OBSTACLES[obstacle];
  return [MARKS[action], escapeLine(credential.name), "OAuth", words];
}
