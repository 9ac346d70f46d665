/** The first descriptor that a supervisor hands over: `SD_LISTEN_FDS_START` of sd_listen_fds(3). */
const FIRST = 3;

/**
 * The listening sockets that a supervisor has opened for this process, and none that were for
 * another one (sd_listen_fds(3)). What says so is taken out of the environment: no program that is
 * started from here has them.
 */
export function takeSockets(env: NodeJS.ProcessEnv, pid: number = process.pid): readonly number[] {
  const { LISTEN_FDS: count, LISTEN_PID: meant } = env;
  for (const name of ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"]) delete env[name];
  if (count === undefined || !/^[1-9]\d?$/u.test(count) || Number(meant) !== pid) return [];
  return Array.from({ length: Number(count) }, (_, n) => FIRST + n);
}
