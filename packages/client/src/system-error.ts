/** What Deno throws, without a code, where it was not told to permit something. */
const BARRED = "NotCapable";

/** The system's code (`ENOENT`, `ECONNREFUSED`, …) of what was thrown, or a word that says there is none. */
export function systemCode(error: unknown): string {
  if (!(error instanceof Error)) return "an error";
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? (name === BARRED ? BARRED : "an error");
}

/** Whether this says that a sandbox, or the runtime of this program, does not permit it. */
export function isForbidden(code: string): boolean {
  return code === "EACCES" || code === "EPERM" || code === BARRED;
}
