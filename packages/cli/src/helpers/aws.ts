import { StrongroomError } from "@strongroom/client/protocol";
import { isObject } from "../imports/source-file.ts";

/** What AWS takes of a credential process, in its own names. */
export interface AwsCredentials {
  readonly Version: 1;
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken?: string;
  readonly Expiration?: string;
}

/** Reads what a profile's renewer printed; `INVALID` for what AWS would not take, quoting nothing. */
export function readAws(text: string, at: number): AwsCredentials {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong("it is no JSON");
  }
  // Programs for the command line of AWS put it one level deeper.
  const found = isObject(value) && isObject(value["Credentials"]) ? value["Credentials"] : value;
  if (!isObject(found)) throw wrong("it is no object");
  const { AccessKeyId, SecretAccessKey, SessionToken } = found;
  const versions = [found["Version"], isObject(value) ? value["Version"] : undefined];
  if (versions.some((each) => each !== undefined && each !== 1)) throw wrong("Version is not 1");
  if (!isFilled(AccessKeyId) || !isFilled(SecretAccessKey)) {
    throw wrong("AccessKeyId or SecretAccessKey is missing");
  }
  if (SessionToken !== undefined && typeof SessionToken !== "string")
    throw wrong("SessionToken is no text");
  return {
    Version: 1,
    AccessKeyId,
    SecretAccessKey,
    ...(SessionToken === undefined ? {} : { SessionToken }),
    ...ending(found["Expiration"], at),
  };
}

/** Without a time AWS keeps a credential for ever: what is said of one has to be understood. */
function ending(said: unknown, at: number): { readonly Expiration?: string } {
  if (said === undefined) return {};
  const end = typeof said === "string" ? Date.parse(said) : Number.NaN;
  if (Number.isNaN(end)) throw wrong("Expiration is no time");
  if (end <= at) throw wrong("it has expired");
  const Expiration = new Date(end).toISOString();
  // ISO 8601 as AWS takes it has four digits for a year.
  if (Expiration.startsWith("+")) throw wrong("Expiration is no time");
  return { Expiration };
}

function isFilled(text: unknown): text is string {
  return typeof text === "string" && text !== "";
}

function wrong(why: string): StrongroomError {
  return new StrongroomError("INVALID", `the profile's secret is not what AWS takes: ${why}`, {
    hint: "look at its program: strongroom renewer list",
  });
}
