import { afterAll, vi } from "vitest";

// Files of tests that share a process get it as the one before got it.

const mask = process.umask();
const folder = process.cwd();
const env = { ...process.env };

afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  process.exitCode = undefined;
  // Neither can be set in a worker thread, where nobody has changed it then.
  if (process.umask() !== mask) process.umask(mask);
  if (process.cwd() !== folder) process.chdir(folder);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
});
