/** Compiles a pattern (`*` stays inside a segment, `**` does not) into a test of names. */
export function compilePattern(pattern: string): (name: string) => boolean {
  const source = pattern
    .split(/(\*\*|\*)/u)
    .map((part) =>
      part === "**"
        ? ".*"
        : part === "*"
          ? "[^/]*"
          : part.replaceAll(/[$()*+.?[\\\]^{|}]/gu, "\\$&"),
    )
    .join("");
  const expression = new RegExp(`^${source}$`, "su");
  return (name) => expression.test(name);
}
