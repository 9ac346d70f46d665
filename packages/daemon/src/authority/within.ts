import { ACTIONS, coversPattern, parseRule } from "@strongroom/client/protocol";

/** Whether rules allow nothing that others do not: for each action one of those must cover it. */
export function isWithin(rules: readonly string[], others: readonly string[]): boolean {
  const parsed = others.map(parseRule);
  return rules.map(parseRule).every(({ actions, pattern }) => {
    const asked: readonly string[] = actions.includes("*") ? ACTIONS : actions;
    return asked.every((action) =>
      parsed.some((other) => {
        const speaks = other.actions.includes("*")
          ? action !== "verify"
          : other.actions.includes(action);
        return speaks && coversPattern(other.pattern, pattern);
      }),
    );
  });
}
