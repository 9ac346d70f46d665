"use strict";
/* global Bun */
const { closeSync } = require("node:fs");
const { Readable } = require("node:stream");

/** As `pipe-reader.ts` of the command line has it: a socket of Bun reads no pipe. */
function readerOf(descriptor) {
  const reader = Readable.fromWeb(Bun.file(descriptor).stream());
  // Else whoever writes would not find out that nobody reads any more.
  reader.once("close", () => closeSync(descriptor));
  return reader;
}

module.exports = { readerOf };
