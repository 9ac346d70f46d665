import { StrongroomError } from "@strongroom/client/protocol";
import type { Sources } from "@strongroom/daemon/src/keys/ways.ts";

/** Programs and a keychain that are no more than maps, what was asked of them, and cheap passphrases. */
export class TestSources implements Sources {
  /** The first line of each program, by its arguments joined. */
  readonly programs = new Map<string, string>();
  readonly kept = new Map<string, string>();
  readonly ran: string[] = [];
  readonly logN = 10;

  readonly program = async (argv: readonly string[], slot: string | undefined): Promise<string> => {
    const called = argv.join(" ");
    this.ran.push(called);
    const line = this.programs.get(called);
    if (line !== undefined) return await Promise.resolve(line);
    throw new StrongroomError(
      "UNAVAILABLE",
      `slot ${slot ?? "of this program"}: its program failed (1)`,
    );
  };

  readonly keychain: Sources["keychain"] = {
    read: async (account) => {
      const identity = this.kept.get(account);
      if (identity !== undefined) return await Promise.resolve(identity);
      throw new StrongroomError("UNAVAILABLE", "the keychain holds nothing for this vault");
    },
    write: async (account, identity) => {
      await Promise.resolve(void this.kept.set(account, identity));
    },
    forget: async (account) => {
      await Promise.resolve(void this.kept.delete(account));
    },
  };
}
