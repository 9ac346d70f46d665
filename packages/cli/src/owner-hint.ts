/** Who acts with a key is not the owner, and has nothing to prove. */
const CREDENTIALS = ["STRONGROOM_API_KEY", "STRONGROOM_API_KEY_FILE"] as const;

/** Commands that are the owner's alone, whatever a key is allowed. */
const OWNERS =
  /\bstrongroom (?:approval|audit|backup|clock|key|oauth|recovery|rekey|renewer|slot)\b/u;

/** Whether this environment acts with an API key. */
export function actsWithKey(env: NodeJS.ProcessEnv): boolean {
  return CREDENTIALS.some((name) => name in env);
}

/** What goes on from here, as this environment can: a key cannot do what is the owner's alone. */
export function hintFor(hint: string, env: NodeJS.ProcessEnv): string {
  return actsWithKey(env) && OWNERS.test(hint) ? `as the owner of the vault: ${hint}` : hint;
}
