"use strict";
const { chacha20poly1305 } = require("@noble/ciphers/chacha.js");

const NONCE = new Uint8Array(12);

/** As `chacha.ts` of the daemon has it: with a library of age, for Bun has no such cipher. */
function sealed(key, plain) {
  return chacha20poly1305(key, NONCE).encrypt(plain);
}

function opened(key, body) {
  try {
    return chacha20poly1305(key, NONCE).decrypt(body);
  } catch {
    return null;
  }
}

module.exports = { opened, sealed, TAG_BYTES: 16 };
