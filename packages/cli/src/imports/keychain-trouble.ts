import { StrongroomError } from "@strongroom/client/protocol";

const AGAIN = "then: strongroom import --from keychain SERVICE";
/** What the package says of the Secret Service where nothing has its name, or there is no bus. */
const NONE = /ServiceUnknown|NameHasNoOwner|Failed to connect to address/u;
const LOCKED = /IsLocked/u;

/** Why the keychain of this system gave nothing, `UNAVAILABLE`, and what helps. */
export function keychainTrouble(cause: unknown): StrongroomError {
  const said = cause instanceof Error ? cause.message : "";
  if (NONE.test(said)) {
    return trouble("there is no keychain here: nothing serves org.freedesktop.secrets", {
      hint: `start the keyring of your desktop, in the session whose bus DBUS_SESSION_BUS_ADDRESS names, ${AGAIN}`,
      cause,
    });
  }
  const how = LOCKED.test(said) ? "is locked" : "does not answer";
  return trouble(`the keychain of this system ${how}`, {
    hint: `unlock the keychain of your session, ${AGAIN}`,
    cause,
  });
}

/** A keychain that said nothing within so many milliseconds. */
export function lateKeychain(patience: number): StrongroomError {
  return trouble(`the keychain of this system did not answer within ${patience / 1000} s`, {
    hint: `see whether it asks you something, ${AGAIN}`,
  });
}

function trouble(
  message: string,
  more: { readonly hint: string; readonly cause?: unknown },
): StrongroomError {
  return new StrongroomError("UNAVAILABLE", message, more);
}
