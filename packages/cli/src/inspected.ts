/**
 * Whether Node was told to open a debugger in this process. What is cheap to know: whether one is
 * open is known by a module that takes two milliseconds (`debugger.ts`).
 */
export function isInspected(): boolean {
  const told = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""];
  // Node takes quotes and backslashes off.
  return told.some((text) => /--inspect|["\\]/u.test(text));
}
