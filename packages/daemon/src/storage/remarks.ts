import { farClaims } from "./claim.ts";
import type { Entered } from "./enter.ts";
import { epochName } from "./names.ts";
import type { Survey } from "./survey.ts";

/** Names in the vault folder that are not ours, and claims too far ahead. */
export function strangers(found: Survey, authenticated: bigint): readonly string[] {
  const far = farClaims(found, authenticated).map((epoch) => epochName("claim", epoch));
  return [...found.strangers, ...far];
}

/** What `doctor` should tell of an opening, but for the mark. */
export function remarks(found: Survey, entered: Entered): readonly string[] {
  const { loaded, authenticated } = entered;
  const ignored = strangers(found, authenticated).map((name) => `${name} is not ours: ignored`);
  return [
    ...ignored,
    ...(loaded?.torn === true
      ? [`${loaded.journalPath}: 1 torn frame at its end, never acknowledged: ignored`]
      : []),
  ];
}
