import { StrongroomError } from "@strongroom/client/protocol";

const NAMED: { readonly [letter: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** A text between two tags (XML 1.0, sections 2.2 and 2.4); `INVALID` where it can hold none such. */
export function xmlText(text: string): string {
  if (/[^\t\n\r\P{Cc}]/u.test(text)) {
    throw new StrongroomError("INVALID", "a path has a control character in it", {
      hint: "give the folder another name, then: strongroom service install",
    });
  }
  return text.replaceAll(/[&<>]/gu, (letter) => NAMED[letter] ?? letter);
}
