/** The system's code (`ENOENT`, `ECONNREFUSED`, …) of what was thrown, or a word that says there is none. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "an error";
}
