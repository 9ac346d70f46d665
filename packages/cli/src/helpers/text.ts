import { Buffer, isUtf8 } from "node:buffer";
import type { SecretValue } from "@strongroom/client/protocol";

/** The text that a value is; undefined where it is none, which no tool could be given as it is. */
export function textOf({
  encoding,
  value,
}: Pick<SecretValue, "encoding" | "value">): string | undefined {
  const bytes = Buffer.from(value, encoding);
  return isUtf8(bytes) ? bytes.toString() : undefined;
}
