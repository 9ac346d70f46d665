import { isUtf8 } from "node:buffer";
import { StrongroomError } from "@strongroom/client/protocol";

/**
 * A value as the text of a variable of the environment; `INVALID`, with `where` and `hint`, for bytes
 * that none can hold: no UTF-8, or with a NUL.
 */
export function variableText(
  value: Buffer,
  { hint, where }: { readonly where: string; readonly hint: string },
): string {
  if (isUtf8(value) && !value.includes(0)) return value.toString();
  throw new StrongroomError("INVALID", `${where}: the value is no text that a variable can hold`, {
    hint,
  });
}
