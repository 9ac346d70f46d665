"use strict";
const { dlopen } = require("bun:ffi");

const TYPES = {
  int: "i32",
  "unsigned long": "u64",
  "_Out_ uint8_t *": "ptr",
  "_Inout_ uint32_t *": "ptr",
};
const PROTOTYPE = /^(?<result>\w+) (?<name>\w+)\((?<args>[^)]*)\)$/;

/**
 * What the daemon uses of npm's `koffi`, on what Bun has of its own: functions of the C library by
 * their prototype. An array of one number, where a pointer to one is asked for, gets what is written.
 */
function load() {
  return { func: (prototype) => bind(PROTOTYPE.exec(prototype).groups) };
}

function bind({ result, name, args: given }) {
  const args = given.split(", ").map((each) => TYPES[each]);
  const { symbols } = dlopen("libc.so.6", { [name]: { args, returns: TYPES[result] } });
  return (...values) => {
    const words = values.map((value) => (Array.isArray(value) ? Uint32Array.from(value) : value));
    const returned = symbols[name](...words);
    for (const [at, value] of values.entries()) if (Array.isArray(value)) [value[0]] = words[at];
    return returned;
  };
}

module.exports = { load };
