import { StrongroomError } from "@strongroom/client/protocol";

const COMMANDS = {
  adopt: "strongroom oauth adopt NAME --from-mcporter FILE",
  feed: "strongroom oauth feed --to-mcporter FILE",
} as const;

/** What helps where there is no such file, by the command that was given it. */
export const MISSING: { readonly adopt: string; readonly feed: string } = {
  adopt: `give the path of the file that mcporter keeps its credentials in: ${COMMANDS.adopt}`,
  feed: `have mcporter make it, or make one: strongroom export --to mcporter PATH; then: ${COMMANDS.feed}`,
};

/**
 * What is wrong with mcporter's file, with the way on for a command that was given it; nothing of it
 * was changed. Other errors as they are.
 */
export function ofFile(error: unknown, file: string, command: keyof typeof COMMANDS): unknown {
  if (!(error instanceof StrongroomError) || !error.message.startsWith(file)) return error;
  const way = error.code === "NOT_FOUND" ? MISSING[command] : waysTo(COMMANDS[command])[error.code];
  if (way === undefined) return error;
  return new StrongroomError(error.code, error.message, { hint: way, cause: error });
}

function waysTo(command: string): { readonly [code: string]: string } {
  return {
    CORRUPT: `put a copy of it in its place, then: ${command}`,
    DENIED: `name the file itself: ${command}`,
    INVALID: `name the file that mcporter keeps its credentials in, which you can read: ${command}`,
    TOO_LARGE: `mcporter keeps its credentials in a smaller one, name that: ${command}`,
    UNSUPPORTED_FORMAT: `strongroom version; a later one may know it: ${command}`,
  };
}
