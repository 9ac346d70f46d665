import { escapeLine } from "./escape.ts";

interface Branch {
  readonly below: Map<string, Branch>;
  isName: boolean;
}

/** Names as a tree, by their slashes; what is a name and has others below it comes once. */
export function tree(names: readonly string[]): string {
  const root: Branch = { below: new Map(), isName: false };
  for (const name of names) {
    let at = root;
    for (const part of name.split("/")) {
      const next = at.below.get(part) ?? { below: new Map(), isName: false };
      at.below.set(part, next);
      at = next;
    }
    at.isName = true;
  }
  return lines(root, "").join("");
}

function lines(branch: Branch, indent: string): string[] {
  const all = [...branch.below];
  return all.flatMap(([part, next], at) => {
    const isLast = at === all.length - 1;
    const mark = next.isName || next.below.size === 0 ? "" : "/";
    const line = `${indent}${isLast ? "└── " : "├── "}${escapeLine(part)}${mark}\n`;
    return [line, ...lines(next, `${indent}${isLast ? "    " : "│   "}`)];
  });
}
