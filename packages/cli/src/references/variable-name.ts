/** The variable that stands for a name: `DB_URL` of `db-url`. */
export function variableName(name: string): string {
  const made = name.toUpperCase().replaceAll(/[^A-Z0-9]+/gu, "_");
  return /^\d/u.test(made) ? `_${made}` : made;
}
