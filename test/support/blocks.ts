import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./throwaway.ts";

/** A fenced block of a document. */
export interface Block {
  readonly file: string;
  readonly language: string;
  readonly lines: readonly string[];
}

/** Every document of the repository, by its path. */
export function documents(): string[] {
  const below = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return folder === "" ? [] : below(path);
      return entry.name.endsWith(".md") ? [path] : [];
    });
  return [...below(""), ...below("docs"), ...below("integrations/mcporter")];
}

/** The fenced blocks of a document, in order. */
export function blocksOf(file: string): Block[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gmu)].map((match) => ({
    file,
    language: match[1] ?? "",
    lines: (match[2] ?? "").split("\n").filter((line) => line.trim() !== ""),
  }));
}
