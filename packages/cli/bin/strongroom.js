#!/usr/bin/env -S node --
"use strict";
// Before all else: Node's own answer to SIGUSR1 is a debugger that every user of this machine reaches.
process.on("SIGUSR1", () => {});
// CommonJS, see dist/quick-get.cjs.
require("../dist/quick-get.cjs").main(process.argv.slice(2), () => void import("../dist/main.js"));
