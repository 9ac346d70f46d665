/**
 * What every process of the demo sees: not the user's home, runtime folder, credentials or
 * settings of Node (NODE_EXTRA_CA_CERTS alone makes every start half as long again).
 */
export function environment(home: string): NodeJS.ProcessEnv {
  const ours = /^(?:NODE|STRONGROOM|XDG)_/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(kept), HOME: home, STRONGROOM_HOME: home };
}
