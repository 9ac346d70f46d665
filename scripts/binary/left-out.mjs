/** Files of tests that are not run on the single file, and why; `docs/binary.md` says them too. */
export const LEFT_OUT = {
  "test/system/keychain.test.ts": "it has no way to the keychain of the system",
};

/** Tests in other files that are not run on it, by their titles, and why. */
export const NOT_ITS_OWN = {
  "after the lock no process holds one of 200 secrets, and before it the same scan finds them":
    "reads a dump of the whole memory, of which the runtime reserves 6.8 GB; what comes before the dump, the scan of every process, held",
  "filters by key, name and time, and says what it does not understand":
    "the audit names the process, which this test does not expect without `koffi`",
  "hear of every change once and in order, whatever becomes of daemon and connections":
    "starts the next daemon while the killed one still ends, and takes `already running` for a fault; the single file starts faster than it ends",
  "is never open in a daemon that answers, even when SIGUSR1 comes while it starts":
    "waits for a start that is refused because a signal opened the debugger, and no signal opens one here",
  "each signal that can be caught reaches the program (20 signals)": "SIGSTKFLT is not passed on",
  "keeps nothing where no keychain is": "it has no way to the keychain of the system",
  "nothing is connected that would not work, or in a file that is none of ours":
    "starts the launcher by the name of Node",
  "nothing is read while a debugger is open": "`NODE_OPTIONS` opens no debugger in it",
  "top shows the daemon at work, and leaves the terminal as it was":
    "the audit names the process, which this test does not expect without `koffi`",
  "who cannot connect to a socket of a long path is told so, and what to set":
    "runs without `/proc`, where the runtime does not start",
  "who starts Node so that it reads such a file itself is told how not to":
    "nothing reads an `.env` file before it does",
};
