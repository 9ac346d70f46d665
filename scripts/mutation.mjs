// Faults by rule, in the manner of the universal mutator (Groce et al., ICSE 2018): regular
// expressions over lines of code, whatever the language makes of them.
const RULES = [
  ["equality", / === /, " !== "],
  ["equality", / !== /, " === "],
  ["boundary", / < (?=[\w(])/, " <= "],
  ["boundary", / <= /, " < "],
  ["boundary", / > (?=[\w(])/, " >= "],
  ["boundary", / >= /, " > "],
  ["connective", / && /, " || "],
  ["connective", / \|\| /, " && "],
  ["condition", negated],
  ["arithmetic", / \+ (?=[\w(])/, " - "],
  ["arithmetic", / - (?=[\w(])/, " + "],
  ["arithmetic", / \* /, " / "],
  ["step", / \+= /, " -= "],
  ["step", / -= /, " += "],
  ["literal", /\btrue\b(?=[,;)])/, "false"],
  ["literal", /\bfalse\b(?=[,;)])/, "true"],
  ["number", /(?<=[ (])0(?=[;,)])/, "1"],
  ["number", /(?<=[ (])1(?=[;,)])/, "2"],
  ["extreme", /\bMath\.max\(/, "Math.min("],
  ["extreme", /\bMath\.min\(/, "Math.max("],
  ["call", /^\s+(?:await )?this\.[#\w.?]+\(.*\);$/, ""],
  ["call", /^\s+(?:await )?(?!super|return|throw|if|for|while)[\w.?#]+\(.*\);$/, ""],
  ["throw", /^(\s+)throw [^;]+;$/, ""],
  ["await", /\bawait (?=this\.|[\w.]+\()/, ""],
];

// What decides nothing: text for people, and what is gone when it runs.
const SILENT = [/^\s*(?:\/\/|\/\*|\*)/, /^\s*(?:import|export type|type|interface|readonly)\b/];
const PROSE = /\b(?:hint|cause):|=>\s*(?:void|[A-Z]\w+);$/;

/**
 * Every fault that the rules make of a source text: `line` (from 1), `rule`, and the line as it
 * is and as it becomes. Nothing is made of comments, imports and types.
 */
export function mutationsOf(text) {
  const found = [];
  let isType = false;
  for (const [index, before] of text.split("\n").entries()) {
    if (/^(?:export )?(?:interface|type)\b/.test(before)) isType = !/[;}]$/.test(before);
    const silent = isType || PROSE.test(before) || SILENT.some((pattern) => pattern.test(before));
    if (isType && /^(?:\}|\s.*;$)/.test(before) && !before.startsWith("  ")) isType = false;
    if (silent) continue;
    for (const [rule, pattern, instead] of RULES) {
      const after =
        typeof pattern === "function" ? pattern(before) : before.replace(pattern, instead);
      if (after !== before) found.push({ line: index + 1, rule, before, after });
    }
  }
  return found;
}

function negated(line) {
  const start = line.indexOf("if (");
  if (start === -1) return line;
  let depth = 0;
  for (let at = start + 3; at < line.length; at += 1) {
    depth += Number(line[at] === "(") - Number(line[at] === ")");
    if (depth > 0) continue;
    return `${line.slice(0, start)}if (!(${line.slice(start + 4, at)}))${line.slice(at + 1)}`;
  }
  return line;
}

/** So many of a list, the same ones for the same seed (mulberry32). */
export function sampled(list, count, seed) {
  const rest = [...list];
  const chosen = [];
  let state = seed;
  while (chosen.length < count && rest.length > 0) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    const share = ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    chosen.push(...rest.splice(Math.floor(share * rest.length), 1));
  }
  return chosen;
}
