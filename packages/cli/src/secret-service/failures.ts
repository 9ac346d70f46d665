import { StrongroomError } from "@strongroom/client/protocol";
import type { ErrorCode } from "@strongroom/client/protocol";
import { DBusError } from "../dbus/failure.ts";

const BUS = "org.freedesktop.DBus.Error";
const SECRET = "org.freedesktop.Secret.Error";
const NAMES: { readonly [code in ErrorCode]?: string } = {
  DENIED: `${BUS}.AccessDenied`,
  INVALID: `${BUS}.InvalidArgs`,
  LOCKED: `${SECRET}.IsLocked`,
  NOT_FOUND: `${SECRET}.NoSuchObject`,
  TIMEOUT: `${BUS}.Timeout`,
  TOO_LARGE: `${BUS}.LimitsExceeded`,
};

/** An error of the vault as programs on the bus know it. Anything else passes. */
export function failureOf(error: unknown): unknown {
  if (!(error instanceof StrongroomError)) return error;
  const name = NAMES[error.code] ?? `${BUS}.Failed`;
  return new DBusError(name, `${error.message} (${error.hint})`, error);
}

/** There is no such object, or not any more. */
export function noSuchObject(): DBusError {
  return new DBusError(`${SECRET}.NoSuchObject`, "there is no such object");
}

/** There is no such session, or it is somebody else's. */
export function noSession(): DBusError {
  return new DBusError(`${SECRET}.NoSession`, "you have no such session");
}

/** What is there cannot be told without the vault. */
export function isLocked(): DBusError {
  return new DBusError(`${SECRET}.IsLocked`, "the vault is locked (strongroom unlock)");
}

/** What a method was called with is wrong; the text says what it takes, and quotes nothing. */
export function invalid(text: string): DBusError {
  return new DBusError(`${BUS}.InvalidArgs`, text);
}

/** More at once than fits into a message. */
export function tooMuch(): DBusError {
  return new DBusError(`${BUS}.LimitsExceeded`, "that is too much at once; ask for fewer");
}

/** Something that the specification knows and this service has not. */
export function notSupported(text: string): DBusError {
  return new DBusError(`${BUS}.NotSupported`, text);
}
