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
  const { AccessKeyId, Expiration, SecretAccessKey, SessionToken } = found;
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") {
    throw wrong("AccessKeyId or SecretAccessKey is missing");
  }
  if (SessionToken !== undefined && typeof SessionToken !== "string")
    throw wrong("SessionToken is no text");
  const end = typeof Expiration === "string" ? Date.parse(Expiration) : undefined;
  if (Number.isNaN(end)) throw wrong("Expiration is no time");
  if (end !== undefined && end <= at) throw wrong("it has expired");
  return {
    Version: 1,
    AccessKeyId,
    SecretAccessKey,
    ...(SessionToken === undefined ? {} : { SessionToken }),
    ...(end === undefined ? {} : { Expiration: new Date(end).toISOString() }),
  };
}

function wrong(why: string): StrongroomError {
  return new StrongroomError("INVALID", `the profile's secret is not what AWS takes: ${why}`, {
    hint: "look at its program: strongroom renewer list",
  });
}
