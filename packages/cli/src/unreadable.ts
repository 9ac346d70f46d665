import { StrongroomError } from "@strongroom/client/protocol";

/** The refusal of a file that an option names and that cannot be read: which, why, and what goes on. */
export function unreadable(
  option: string,
  path: string,
  { error, next }: { readonly error: unknown; readonly next: string },
): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  return new StrongroomError("INVALID", `${option} ${path} cannot be read: ${code}`, {
    hint: next,
  });
}
