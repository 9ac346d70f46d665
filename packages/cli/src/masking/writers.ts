/** How shells, HTML and XML write a text in the middle of theirs; each only where it is another text. */
export function* quotedForms(text: string): Generator<string> {
  yield text.replaceAll("'", "'\\''");
  yield text.replaceAll("'", `'"'"'`);
  for (const quote of ["&#39;", "&#039;", "&#x27;", "&apos;", "'"]) {
    for (const double of ["&quot;", "&#34;", '"']) {
      yield text
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;")
        .replaceAll("'", quote)
        .replaceAll('"', double);
    }
  }
}

/**
 * JSON, and JSON as a string within JSON, as structured logs have it, each in UTF-8 or in ASCII alone:
 * without the outer quotes.
 */
export function* jsonForms(text: string): Generator<string> {
  for (const once of escaped(text)) {
    yield once;
    yield* escaped(once);
  }
}

function escaped(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  // Letters of UTF-16, of which a pair is two.
  const ascii = json.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return [json, ascii];
}

/** Base64 in lines (RFC 2045, section 6.8; RFC 7468), as libraries break it, for who escapes that. */
export function* lineForms(base64: string): Generator<string> {
  for (const columns of [60, 64, 76]) {
    if (base64.length > columns)
      yield base64.match(new RegExp(`.{1,${columns}}`, "gu"))?.join("\n") ?? "";
  }
}
