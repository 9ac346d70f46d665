import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { isTerminal, writeData, writeJson, writeNote } from "../output.ts";

/** RFC 4226 asks for 16, and many services give 10; what is shorter is something else. */
const LEAST_KEY_BYTES = 8;
/** Below it whoever types the code comes too late. */
const SHORT_MS = 5000;

/** `otp`: the code of this moment, of a secret that is an otpauth URI or a key in base32. */
export const otp: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: { wait: { type: "boolean", help: "wait for the next one if this one ends within 5 s" } },
  examples: ["strongroom otp github/2fa", "strongroom otp github/2fa --wait | wl-copy"],
  notes: [
    "Codes by time (TOTP, RFC 6238). Store what the QR code says, otpauth://totp/…, or the key",
    "itself in base32. How long the code is good is said on stderr.",
  ],
  async run({ caller, positionals: [name = ""], values }) {
    const { encoding, value } = await caller.call("secret/get", { name });
    const totp = await read(Buffer.from(value, encoding).toString().trim());
    if (values["wait"] === true && totp.remaining() < SHORT_MS) {
      await new Promise((resolve) => setTimeout(resolve, totp.remaining() + 1));
    }
    const left = totp.remaining();
    const code = totp.generate({ timestamp: Date.now() });
    if (values["json"] === true) writeJson({ code, period: totp.period, remainingMs: left });
    else writeData(isTerminal(1) ? `${code}\n` : code);
    writeNote(`strongroom: good for ${Math.ceil(left / 1000)} s`);
    return 0;
  },
};

async function read(text: string): Promise<import("otpauth").TOTP> {
  const { Secret, TOTP, URI } = await import("otpauth");
  try {
    const isUri = text.startsWith("otpauth:");
    const key = text.replaceAll(/[\s-]/gu, "").toUpperCase();
    const totp = isUri ? URI.parse(text) : new TOTP({ secret: Secret.fromBase32(key) });
    if (totp instanceof TOTP && totp.secret.bytes.length >= LEAST_KEY_BYTES) return totp;
  } catch {
    // Its message may quote the key.
  }
  throw new StrongroomError("INVALID", "the secret is neither an otpauth://totp URI nor base32", {
    hint: "store what the QR code says: strongroom set NAME",
  });
}
