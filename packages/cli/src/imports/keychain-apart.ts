import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { singleFile, StrongroomError } from "@strongroom/client/protocol";
import type { ErrorCode } from "@strongroom/client/protocol";
import { whileWorking } from "../progress.ts";
import { Refusal, REFUSALS } from "../refusal.ts";
import type { Asked, Found } from "./found.ts";
import { keychainTrouble, lateKeychain } from "./keychain-trouble.ts";

const PROGRAM = fileURLToPath(new URL("./keychain-process.js", import.meta.url));

/** What the process that asks the keychain says of it. */
export type KeychainReply =
  | { readonly found: Found }
  | {
      readonly refused: {
        readonly code: ErrorCode | keyof typeof REFUSALS;
        readonly hint: string;
        readonly message: string;
      };
    };

/**
 * `readKeychain` in a process of its own, which is killed when `patience` is over (`UNAVAILABLE`):
 * who waits for a keychain that does not answer cannot even exit. `UNSUPPORTED` in the single file.
 */
export async function readKeychainApart(
  service: string,
  { patience = Infinity }: Pick<Asked, "patience">,
): Promise<Found> {
  if (singleFile() !== undefined) {
    throw new Refusal(
      "UNSUPPORTED",
      "keychains are read by a library of this system, which a single file does not have",
      "npm install --global strongroom @napi-rs/keyring@2.1.2",
    );
  }
  const asking = asked(service, patience);
  const reply = await whileWorking("waiting for the keychain, which may ask you", asking);
  if ("found" in reply) return reply.found;
  const { code, hint, message } = reply.refused;
  if (isOurs(code)) throw new Refusal(code, message, hint);
  throw new StrongroomError(code, message, { hint });
}

function isOurs(code: string): code is keyof typeof REFUSALS {
  return Object.hasOwn(REFUSALS, code);
}

function asked(service: string, patience: number): Promise<KeychainReply> {
  const child = fork(PROGRAM, [service], {
    // Bytes stay bytes.
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    const timer =
      patience === Infinity
        ? undefined
        : setTimeout(() => {
            child.kill("SIGKILL");
            reject(lateKeychain(patience));
          }, patience);
    child.once("message", (reply) => resolve(reply as KeychainReply));
    child.once("error", (error) => reject(keychainTrouble(error)));
    // Behind its message, as its end need not be.
    child.once("disconnect", () => {
      clearTimeout(timer);
      reject(keychainTrouble(undefined));
    });
  });
}
