/**
 * What a report of `node:test` in TAP says of the tests at its top: title, outcome and the lines
 * that the test told (`t.diagnostic`), which stand behind its own.
 *
 * @returns {{ title: string, isPassed: boolean, isSkipped: boolean, notes: string[] }[]}
 */
export function readTap(text) {
  const tests = [];
  for (const line of text.split(/\r?\n/u)) {
    const [, not, title, skip] = /^(not )?ok \d+ - (.*?)( # SKIP.*)?$/u.exec(line) ?? [];
    if (title !== undefined) {
      const isSkipped = skip !== undefined;
      tests.push({ title, isPassed: not === undefined, isSkipped, notes: [] });
    } else if (
      /^# (?!tests |suites |pass |fail |cancelled |skipped |todo |duration_ms |Subtest)/u.test(line)
    ) {
      tests.at(-1)?.notes.push(line.slice(2));
    }
  }
  return tests;
}
