#!/usr/bin/env -S node --
"use strict";
// CommonJS, see dist/quick-get.cjs.
require("../dist/quick-get.cjs").main(process.argv.slice(2), () => void import("../dist/main.js"));
