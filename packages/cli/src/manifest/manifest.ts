import { parse } from "dotenv";
import { StrongroomError } from "@strongroom/client/protocol";
import { readRegular } from "../references/regular-file.ts";
import { isReference, parseReference, SCHEME } from "../references/reference.ts";
import type { Reference } from "../references/reference.ts";

/** A secret that a project needs, and what for; never its value. */
export interface Needed {
  readonly reference: Reference;
  readonly description: string;
  readonly isOptional: boolean;
}

const HINT = "strongroom help check";
/** What a line of a .env file begins with. */
const ASSIGNMENT = /^\s*(?:export\s+)?[\w.-]+\s*[=:]/u;
/** A value in quotes, which may go over several lines. */
const QUOTED = /([=:]\s*)(["'`])(?:\\[\s\S]|(?!\2)[^\\])*\2/gu;

/** What a manifest names: JSON, or a .env file with references. `INVALID` for what is neither. */
export function readManifest(path: string): Needed[] {
  const text = read(path);
  const isJson = /^\s*[[{]/u.test(text) || path.endsWith(".json");
  const needed = isJson ? ofJson(text, path) : ofDotenv(text, path);
  if (needed.length > 0 || isJson) return needed;
  throw invalid(`${path} names no secret: there is nothing to check`);
}

function ofJson(text: string, path: string): Needed[] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    throw invalid(`${path} is no JSON`);
  }
  if (!isObject(manifest) || manifest["schema"] !== 1 || !isObject(manifest["secrets"])) {
    throw invalid(`${path} has no schema 1 with secrets`);
  }
  return Object.entries(manifest["secrets"]).map(([reference, about]) => {
    if (!isObject(about)) throw invalid(`${path}: what is said of a secret is no object`);
    const { description = "", optional = false, ...more } = about;
    const known = typeof description === "string" && typeof optional === "boolean";
    // A value in it would be in the repository.
    if (!known || Object.keys(more).length > 0) {
      throw invalid(`${path}: of a secret only description and optional are said`);
    }
    return { reference: parseReference(reference, path), description, isOptional: optional };
  });
}

function ofDotenv(text: string, path: string): Needed[] {
  demandAssignments(text, path);
  return Object.entries(parse(text)).flatMap(([name, value]) => {
    if (!isReference(value)) {
      if (!value.includes(SCHEME)) return [];
      throw invalid(`${path}, ${name}: a reference is a whole value, or it is none`);
    }
    const reference = parseReference(value, `${path}, ${name}`);
    return [{ reference, description: name, isOptional: false }];
  });
}

/** What is passed over as no assignment could be a reference that was meant. */
function demandAssignments(text: string, path: string): void {
  const lines = text
    .replaceAll(QUOTED, (quoted: string, mark: string) => mark + quoted.replaceAll(/[^\n]/gu, ""))
    .split("\n");
  for (const [at, line] of lines.entries()) {
    if (/^\s*(?:#.*)?$/u.test(line) || ASSIGNMENT.test(line)) continue;
    throw invalid(`${path} is neither a manifest nor a .env file: line ${at + 1}`);
  }
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function read(path: string): string {
  try {
    return readRegular(path, HINT).toString();
  } catch (error) {
    if (error instanceof StrongroomError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new StrongroomError(
      code === "ENOENT" ? "NOT_FOUND" : "INVALID",
      `${path} cannot be read: ${code}`,
      {
        hint: "strongroom check FILE, with the path of a manifest or of a .env file",
      },
    );
  }
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: HINT });
}
