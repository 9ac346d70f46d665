/** How shells, HTML and XML write a text in the middle of theirs; each only where it is another text. */
export function* quotedForms(text: string): Generator<string> {
  yield text.replaceAll("'", "'\\''");
  yield text.replaceAll("'", `'"'"'`);
  for (const quote of ["&#39;", "&#x27;", "&apos;", "'"]) {
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

/** JSON, and JSON as a string within JSON, as structured logs have it: without the outer quotes. */
export function* jsonForms(text: string): Generator<string> {
  const once = JSON.stringify(text).slice(1, -1);
  yield once;
  yield JSON.stringify(once).slice(1, -1);
}

/** Base64 in lines (RFC 2045, section 6.8; RFC 7468), as libraries break it, for who escapes that. */
export function* lineForms(base64: string): Generator<string> {
  for (const columns of [60, 64, 76]) {
    if (base64.length > columns)
      yield base64.match(new RegExp(`.{1,${columns}}`, "gu"))?.join("\n") ?? "";
  }
}
