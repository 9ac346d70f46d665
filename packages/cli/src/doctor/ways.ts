import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Home } from "@strongroom/client/protocol";
import { note, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Kinds of slots that need no key file, and nobody's identity. */
const OTHERS = ["command", "keychain", "passphrase"];

interface Standing {
  readonly types: readonly string[];
  readonly isHalf: boolean;
}

/** What is to be told of a key file that is not there; undefined before there is a vault. */
export function missingKeyfile({ config, vault }: Home): Finding | undefined {
  if (!existsSync(join(vault, "vault.json"))) return undefined;
  const types = standing(vault)?.types ?? [];
  if (types.some((type) => OTHERS.includes(type))) {
    return note("keyfile", "the vault opens without a key file", "strongroom slot list");
  }
  const path = join(config, "keyfile");
  return problem(
    "keyfile",
    `${path} is missing beside the vault`,
    "put it back from a copy; or, while the vault is open: strongroom slot add keyfile; or, by a copy elsewhere or a recovery key: strongroom unlock --identity FILE; strongroom slot add keyfile",
  );
}

/** A rekey that nobody has ended yet: the data key of before is still in the slots. */
export function unendedRekey({ vault }: Home): Finding[] {
  if (standing(vault)?.isHalf !== true) return [];
  const path = join(vault, "slots.json");
  return [
    problem(
      "rekey",
      `${path} still holds the data key of before: the new one is not known everywhere yet`,
      "let config and state be written, then: strongroom daemon restart",
    ),
  ];
}

/** As it stands there, of whoever: only the key says whether it is the vault's. */
function standing(vault: string): Standing | undefined {
  try {
    const text = readFileSync(join(vault, "slots.json"), "utf8");
    const { body } = JSON.parse(text) as { body?: { slots?: readonly Record<string, unknown>[] } };
    const slots = body?.slots ?? [];
    return {
      types: slots.map(({ type }) => String(type)),
      isHalf: slots.some(({ next }) => next !== undefined),
    };
  } catch {
    return undefined;
  }
}
