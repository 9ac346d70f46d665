import { StrongroomError } from "@strongroom/client/protocol";

/** A typed place in an argument of a recipe: `{branch:word}`, `{where:dev|prod}`. */
export interface Placeholder {
  readonly name: string;
  readonly type: string;
}

const PLACE = /\{([a-z][a-z0-9_]{0,62}):([^{}]+)\}/gu;

/** What a value of a type looks like. None begins with `-`: it would be an option. */
const TYPES: { readonly [type: string]: RegExp } = {
  integer: /^\d{1,15}$/u,
  text: /^(?!-)\P{C}{1,1000}$/u,
  word: /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/u,
};
const CHOICES = /^[A-Za-z0-9_.]+(?:\|[A-Za-z0-9_.]+)+$/u;

/** The placeholders of a program, in order; `INVALID` for one whose type there is not. */
export function placeholdersOf(argv: readonly string[]): Placeholder[] {
  const [program = "", ...rest] = argv;
  if (program.search(PLACE) !== -1) throw wrong("the program itself is no placeholder");
  const found = new Map<string, Placeholder>();
  for (const argument of rest) {
    for (const { 1: name = "", 2: type = "" } of argument.matchAll(PLACE)) {
      if (!Object.hasOwn(TYPES, type) && !CHOICES.test(type)) {
        throw wrong(`{${name}:${type}} has no type: integer, text, word, or a choice as dev|prod`);
      }
      const known = found.get(name);
      if (known !== undefined && known.type !== type) throw wrong(`{${name}} has two types`);
      found.set(name, { name, type });
    }
  }
  return [...found.values()];
}

/** The program with values in its placeholders: all of them, nothing else, each as its type says. */
export function filledArgv(argv: readonly string[], values: ReadonlyMap<string, string>): string[] {
  const placeholders = placeholdersOf(argv);
  for (const { name, type } of placeholders) {
    const value = values.get(name);
    if (value === undefined) throw wrong(`it takes ${name}: ${type}`);
    if (!isOfType(value, type)) throw wrong(`${name} must be: ${type}`);
  }
  const known = new Set(placeholders.map(({ name }) => name));
  for (const name of values.keys()) {
    if (!known.has(name))
      throw wrong(`it takes ${[...known].join(", ") || "nothing"}, and no more`);
  }
  return argv.map((argument) =>
    argument.replaceAll(PLACE, (_, name: string) => values.get(name) ?? ""),
  );
}

function isOfType(value: string, type: string): boolean {
  const pattern = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  return pattern === undefined ? type.split("|").includes(value) : pattern.test(value);
}

function wrong(message: string): StrongroomError {
  return new StrongroomError("INVALID", `recipe: ${message}`, { hint: "strongroom recipe list" });
}
