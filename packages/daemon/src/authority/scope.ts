import { compilePattern, OWN_AUDIENCE, parseRule } from "@strongroom/client/protocol";
import type { SessionTerms } from "@strongroom/client/protocol";
import type { KeyRecord } from "../vault/key-record.ts";
import { compareNames, lowerBound, prefixEnd } from "../vault/names.ts";

interface CompiledRule {
  /** Whether it speaks of an action. */
  readonly of: (action: string) => boolean;
  readonly pattern: string;
  /** What stands before its first wildcard: looked at first, for it costs next to nothing. */
  readonly prefix: string;
  readonly matches: (name: string) => boolean;
}

type Rules = Pick<KeyRecord, "allow" | "audience" | "deny">;

/** What a key may do with which names: what is denied is denied, what is not allowed too. */
export class Scope {
  readonly #allow: readonly CompiledRule[];
  readonly #deny: readonly CompiledRule[];
  readonly #outer: Scope | undefined;

  /** `outer`: a scope that it is within, whatever it says itself. */
  constructor({ allow, audience, deny }: Rules, outer?: Scope) {
    // To speak for services is no action with names: it is allowed by its name alone.
    const named = audience === undefined || audience === OWN_AUDIENCE ? ["verify"] : [];
    this.#allow = allow.map((rule) => compile(rule, named));
    this.#deny = deny.map((rule) => compile(rule, []));
    this.#outer = outer;
  }

  /** Whether an action is allowed with a name. */
  allows(action: string, name: string): boolean {
    const speaks = ({ matches, of, prefix }: CompiledRule): boolean =>
      name.startsWith(prefix) && of(action) && matches(name);
    if (this.#outer?.allows(action, name) === false) return false;
    return this.#allow.some(speaks) && !this.#deny.some(speaks);
  }

  /** Whether it is allowed with every name that begins so, whichever there are. */
  allowsAll(action: string, prefix: string): boolean {
    const covers = ({ of, pattern }: CompiledRule): boolean =>
      of(action) &&
      pattern.endsWith("**") &&
      !pattern.slice(0, -2).includes("*") &&
      prefix.startsWith(pattern.slice(0, -2));
    if (this.#outer?.allowsAll(action, prefix) === false) return false;
    return this.#allow.some(covers) && !this.#deny.some(({ of }) => of(action));
  }

  /** Of names in byte order those that it could be allowed with: all with the prefixes of its rules. */
  candidates(action: string, names: readonly string[]): readonly string[] {
    const prefixes = this.#allow.flatMap(({ of, prefix }) => (of(action) ? [prefix] : []));
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
  allowsSome(action: string): boolean {
    if (this.#outer?.allowsSome(action) === false) return false;
    return this.#allow.some(({ of }) => of(action));
  }
}

/** `*` stands for every action but those that must be `named`. */
function compile(text: string, named: readonly string[]): CompiledRule {
  const { actions, pattern } = parseRule(text);
  const of = actions.includes("*")
    ? (action: string) => !named.includes(action)
    : (action: string) => actions.includes(action);
  const [prefix = ""] = pattern.split("*", 1);
  return { of, pattern, prefix, matches: compilePattern(pattern) };
}

const compiled = new WeakMap<KeyRecord, Scope>();
const narrowed = new WeakMap<SessionTerms, { readonly of: KeyRecord; readonly scope: Scope }>();

/**
 * The scope of a record, or of a session within it; compiled once for each, and a change of a key
 * is another record.
 */
export function scopeOf(record: KeyRecord, session?: SessionTerms): Scope {
  if (session !== undefined) return narrowedTo(record, session);
  const known = compiled.get(record);
  if (known !== undefined) return known;
  const scope = new Scope(record);
  compiled.set(record, scope);
  return scope;
}

function narrowedTo(record: KeyRecord, session: SessionTerms): Scope {
  const known = narrowed.get(session);
  if (known?.of === record) return known.scope;
  const scope = new Scope(session, scopeOf(record));
  narrowed.set(session, { of: record, scope });
  return scope;
}
