/**
 * Where the programs of clipboards are looked for, by whoever copies and by the daemon, which clears:
 * the folders of systems and of their package managers, never PATH.
 */
export const CLIPBOARD_FOLDERS: readonly string[] = [
  "/usr/bin",
  "/usr/local/bin",
  "/bin",
  "/opt/homebrew/bin",
  "/opt/local/bin",
  "/run/current-system/sw/bin",
];
