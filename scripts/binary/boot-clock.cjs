"use strict";
const { dlopen } = require("bun:ffi");

// Of <time.h> of Linux.
const CLOCK_BOOTTIME = 7;
const { symbols } = dlopen("libc.so.6", {
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
});
const time = new BigInt64Array(2);

/** As `boot-clock.ts` of the daemon has it: Bun knows whole seconds. */
function bootedMs() {
  symbols.clock_gettime(CLOCK_BOOTTIME, time);
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
}

module.exports = { bootedMs };
