import { compilePattern, parseRule } from "@strongroom/client/protocol";
import type { Action } from "@strongroom/client/protocol";
import type { KeyRecord } from "../vault/key-record.ts";
import { compareNames, lowerBound, prefixEnd } from "../vault/names.ts";

interface CompiledRule {
  readonly actions: readonly Action[];
  readonly pattern: string;
  /** What stands before its first wildcard: looked at first, for it costs next to nothing. */
  readonly prefix: string;
  readonly matches: (name: string) => boolean;
}

/** What a key may do with which names: what is denied is denied, what is not allowed too. */
export class Scope {
  readonly #allow: readonly CompiledRule[];
  readonly #deny: readonly CompiledRule[];

  constructor({ allow, deny }: Pick<KeyRecord, "allow" | "deny">) {
    this.#allow = allow.map(compile);
    this.#deny = deny.map(compile);
  }

  /** Whether an action is allowed with a name. */
  allows(action: Action, name: string): boolean {
    const speaks = ({ actions, matches, prefix }: CompiledRule): boolean =>
      name.startsWith(prefix) && actions.includes(action) && matches(name);
    return this.#allow.some(speaks) && !this.#deny.some(speaks);
  }

  /** Whether it is allowed with every name that begins so, whichever there are. */
  allowsAll(action: Action, prefix: string): boolean {
    const covers = ({ actions, pattern }: CompiledRule): boolean =>
      actions.includes(action) &&
      pattern.endsWith("**") &&
      !pattern.slice(0, -2).includes("*") &&
      prefix.startsWith(pattern.slice(0, -2));
    return this.#allow.some(covers) && !this.#deny.some(({ actions }) => actions.includes(action));
  }

  /** Of names in byte order those that it could be allowed with: all with the prefixes of its rules. */
  candidates(action: Action, names: readonly string[]): readonly string[] {
    const prefixes = this.#allow.flatMap(({ actions, prefix }) =>
      actions.includes(action) ? [prefix] : [],
    );
    if (prefixes.includes("")) return names;
    const found: string[] = [];
    let end = 0;
    for (const prefix of prefixes.toSorted(compareNames)) {
      const from = Math.max(end, lowerBound(names, prefix));
      end = Math.max(end, prefixEnd(names, prefix));
      for (let index = from; index < end; index += 1) found.push(names[index] ?? "");
    }
    return found;
  }

  /** Whether it is allowed with any name at all. */
  allowsSome(action: Action): boolean {
    return this.#allow.some(({ actions }) => actions.includes(action));
  }
}

function compile(text: string): CompiledRule {
  const rule = parseRule(text);
  const [prefix = ""] = rule.pattern.split("*", 1);
  return { ...rule, prefix, matches: compilePattern(rule.pattern) };
}

const compiled = new WeakMap<KeyRecord, Scope>();

/** The scope of a record; compiled once for each, and a change of a key is another record. */
export function scopeOf(record: KeyRecord): Scope {
  const known = compiled.get(record);
  if (known !== undefined) return known;
  const scope = new Scope(record);
  compiled.set(record, scope);
  return scope;
}
