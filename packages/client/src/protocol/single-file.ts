/** The first word by which the single file is the daemon, and none of the command line's verbs. */
export const DAEMON_WORD = "strongroomd";

/** What the entry of the single file leaves in the global object before it loads anything. */
const MARK = "strongroomSingleFile";

/**
 * The path of the one program that is the command line and the daemon, when that is what runs;
 * undefined where they are packages that Node runs, and in other people's programs.
 */
export function singleFile(): string | undefined {
  return Object.hasOwn(globalThis, MARK) ? process.execPath : undefined;
}
