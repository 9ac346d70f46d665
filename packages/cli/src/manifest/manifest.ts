import { readFileSync } from "node:fs";
import { parse } from "dotenv";
import { StrongroomError } from "@strongroom/client/protocol";
import { isReference, parseReference } from "../references/reference.ts";
import type { Reference } from "../references/reference.ts";

/** A secret that a project needs, and what for; never its value. */
export interface Needed {
  readonly reference: Reference;
  readonly description: string;
  readonly isOptional: boolean;
}

const HINT = 'a manifest is {"schema": 1, "secrets": {"strongroom://NAME": {"description": "…"}}}';

/** What a manifest names: JSON, or a .env file with references. `INVALID` for what is neither. */
export function readManifest(path: string): Needed[] {
  const text = read(path);
  return text.trimStart().startsWith("{") ? ofJson(text, path) : ofDotenv(text, path);
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
  return Object.entries(parse(text))
    .filter(([, value]) => isReference(value))
    .map(([name, value]) => ({
      reference: parseReference(value, `${path}, ${name}`),
      description: name,
      isOptional: false,
    }));
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new StrongroomError(
      code === "ENOENT" ? "NOT_FOUND" : "INVALID",
      `${path} cannot be read: ${code}`,
      {
        hint: "strongroom check FILE",
      },
    );
  }
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: HINT });
}
