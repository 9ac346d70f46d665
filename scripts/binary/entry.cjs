"use strict";
/* global Bun */
// As in strongroom.js: no debugger opens by a signal.
process.on("SIGUSR1", () => {});
globalThis.strongroomSingleFile = true;

// What is not asked for stays unread: each of them is megabytes.
const place = Bun.main.slice(0, Bun.main.lastIndexOf("/") + 1);
const embedded = (part) => require(`${place}${part}.js`);
const called = process.argv0.slice(process.argv0.lastIndexOf("/") + 1);
const helper = { "docker-credential-strongroom": "docker", "git-credential-strongroom": "git" }[
  called
];

if (called === "strongroomd" || process.argv[2] === "strongroomd") {
  // In the place of the launcher's path: what the daemon starts anew begins with it.
  process.argv.splice(1, process.argv[2] === "strongroomd" ? 2 : 1, "strongroomd");
  embedded("daemon").start();
} else if (helper !== undefined) {
  const thorough = (input) => embedded("cold")[helper](input);
  require("../../packages/cli/dist/quick-helpers.cjs")[helper](process.argv.slice(2), thorough);
} else {
  const { main } = require("../../packages/cli/dist/quick-get.cjs");
  main(process.argv.slice(2), () => embedded("cold").main());
}
