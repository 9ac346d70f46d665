"use strict";
const { Socket } = require("node:net");

/** As `handed-socket.ts` of the daemon has it: with Bun a descriptor is connected to. */
function handedSocket(descriptor) {
  return new Socket().connect({ fd: descriptor });
}

module.exports = { handedSocket };
