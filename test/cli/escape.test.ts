import { escapeLine, escapeText } from "strongroom/src/escape.ts";
import { toJson } from "strongroom/src/output.ts";
import { expect, it } from "vitest";

const NASTY = "a\u001b[2Jb\u0007c\u009bd\u202ee\u2066f\u007fg\rh";

it("leaves a terminal nothing to obey", () => {
  expect(escapeText(NASTY)).toBe(
    "a\\u{1b}[2Jb\\u{07}c\\u{9b}d\\u{202e}e\\u{2066}f\\u{7f}g\\u{0d}h",
  );
  expect(escapeText("line\n\ttab é 字 😀")).toBe("line\n\ttab é 字 😀");
  expect(escapeLine("a\nb\tc")).toBe("a\\nb\\tc");
});

it("writes JSON that means the same and moves no cursor", () => {
  const text = toJson({ value: NASTY });
  expect(JSON.parse(text)).toEqual({ value: NASTY });
  expect(text).not.toMatch(/[\p{Control}\p{Bidi_Control}]/u);
});
