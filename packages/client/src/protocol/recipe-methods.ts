import type { AtRevision, Repeatable } from "./methods.ts";

/** Where the value of an environment variable comes from. */
export interface RecipeVariable {
  readonly variable: string;
  /** The name of the secret. */
  readonly name: string;
  /** A member of the JSON that the secret holds, or a JSON pointer (RFC 6901) into it. */
  readonly field?: string;
  readonly version?: number;
}

/**
 * A program that others may have run with secrets in its environment, without seeing them. Its
 * arguments may hold typed placeholders, `{branch:word}`.
 */
export interface Recipe {
  readonly name: string;
  /** What it is for. */
  readonly description?: string;
  /** The program by its absolute path, and its arguments; no shell. */
  readonly argv: readonly string[];
  /** Where it runs, an absolute path. */
  readonly folder: string;
  readonly environment: readonly RecipeVariable[];
  /** Of the file that the program is, in hex: whoever runs it looks that it still is that one. */
  readonly sha256?: string;
}

/** A recipe as it is listed. */
export interface RecipeEntry extends Recipe {
  /** The revision of the commit that set it. */
  readonly generation: number;
}

/** The methods of recipes, with their params and results. */
export interface RecipeMethods {
  "recipe/list": {
    params: Record<string, never>;
    result: { readonly recipes: readonly RecipeEntry[] } & AtRevision;
  };
  "recipe/remove": {
    params: { readonly name: string } & Repeatable;
    result: { readonly name: string } & AtRevision;
  };
  "recipe/set": {
    params: Recipe & Repeatable;
    result: { readonly name: string } & AtRevision;
  };
}
