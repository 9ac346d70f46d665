#!/usr/bin/env node
"use strict";
// As in strongroom.js: no debugger opens by a signal.
process.on("SIGUSR1", () => {});
// CommonJS, see dist/quick-get.cjs.
const thorough = (input) =>
  void import("../dist/docker-credential.js").then(({ serve }) => serve(input));
require("../dist/quick-helpers.cjs").docker(process.argv.slice(2), thorough);
