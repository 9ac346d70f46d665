import { compilePattern, parseRule } from "@strongroom/client/protocol";
import type { Action } from "@strongroom/client/protocol";
import type { KeyRecord } from "../vault/key-record.ts";

interface CompiledRule {
  readonly actions: readonly Action[];
  readonly pattern: string;
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
    const speaks = ({ actions, matches }: CompiledRule): boolean =>
      actions.includes(action) && matches(name);
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

  /** Whether it is allowed with any name at all. */
  allowsSome(action: Action): boolean {
    return this.#allow.some(({ actions }) => actions.includes(action));
  }
}

function compile(text: string): CompiledRule {
  const rule = parseRule(text);
  return { ...rule, matches: compilePattern(rule.pattern) };
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
