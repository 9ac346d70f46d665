#!/usr/bin/env node
"use strict";
// CommonJS, see dist/quick-get.cjs.
const thorough = (input) =>
  void import("../dist/git-credential.js").then(({ serve }) => serve(input));
require("../dist/quick-helpers.cjs").git(process.argv.slice(2), thorough);
