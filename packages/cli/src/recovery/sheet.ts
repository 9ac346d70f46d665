import { wordsOf } from "./words.ts";

const WORDS_A_ROW = 4;
/** What scanners demand around a QR code, in modules. */
const QUIET_ZONE = 4;

/** What a terminal shows, once: the key as a line, as words and as a QR code. */
export async function sheetOf(identity: string): Promise<string> {
  const { renderUnicodeCompact } = await import("uqr");
  return [
    "The recovery key of this vault. It is shown once and kept nowhere: write it down.",
    "Whoever has it and a backup has every secret.",
    "",
    `  ${identity}`,
    "",
    "The same in 24 words:",
    "",
    ...rows(await wordsOf(identity)),
    "",
    renderUnicodeCompact(identity, { border: QUIET_ZONE }),
    "",
  ].join("\n");
}

/** An age identity file, which `age -d -i` takes too. */
export function fileOf(identity: string, recipient: string, vault: string, made: Date): string {
  return [
    `# recovery key of the strongroom vault ${vault}, made ${made.toISOString()}`,
    "# whoever has this file and a backup has every secret: keep it away from both",
    `# public key: ${recipient}`,
    identity,
    "",
  ].join("\n");
}

function rows(words: readonly string[]): string[] {
  const cells = words.map((word, at) => `${String(at + 1).padStart(4)} ${word.padEnd(9)}`);
  return Array.from({ length: Math.ceil(cells.length / WORDS_A_ROW) }, (_, row) =>
    cells
      .slice(row * WORDS_A_ROW, (row + 1) * WORDS_A_ROW)
      .join("")
      .trimEnd(),
  );
}
