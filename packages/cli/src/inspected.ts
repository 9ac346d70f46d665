/**
 * Whether Node was told to open a debugger in this process. What is cheap to know: whether one is
 * open is known by a module that takes two milliseconds (`debugger.ts`).
 */
export function isInspected(): boolean {
  const options = process.env["NODE_OPTIONS"] ?? "";
  // Node takes quotes and backslashes off, and what it reads then may be the option.
  const told = [...process.execArgv, /["\\]/u.test(options) ? "--inspect" : options];
  return told.some((text) => text.includes("--inspect"));
}
