import { StrongroomError } from "@strongroom/client/protocol";
import { demandNoDebugger } from "../debugger.ts";
import { Refusal } from "../refusal.ts";
import type { KeychainReply } from "./keychain-apart.ts";

// The program that keychain-apart.ts starts, with the service as its argument.
process.on("SIGUSR1", () => {});
// Whoever asked is gone. An exit would wait for the thread that waits for the keychain.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
process.send?.(await reply(), () => process.disconnect());

async function reply(): Promise<KeychainReply> {
  try {
    demandNoDebugger();
    const { readKeychain } = await import("./keychain.ts");
    return { found: await readKeychain(process.argv[2] ?? "") };
  } catch (error) {
    if (!(error instanceof StrongroomError) && !(error instanceof Refusal)) throw error;
    const { code, hint, message } = error;
    return { refused: { code, hint, message } };
  }
}
