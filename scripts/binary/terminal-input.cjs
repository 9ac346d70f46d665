"use strict";
const { EventEmitter } = require("node:events");
const { closeSync, constants, openSync, readSync } = require("node:fs");
const { ReadStream } = require("node:tty");

const TERMINAL = "/dev/tty";
const LOOK_MS = 10;

/**
 * As `terminal-input.ts` of the command line has it. Bun reads a terminal in a thread that waits for
 * the next key when nobody wants it any more, and would not end before it came.
 */
class TerminalInput extends EventEmitter {
  destroyed = false;
  #bytes = Buffer.alloc(4096);
  #descriptor = openSync(TERMINAL, constants.O_RDONLY | constants.O_NONBLOCK);
  #terminal;
  #timer;

  constructor(descriptor) {
    super();
    this.#terminal = new ReadStream(descriptor);
  }

  setRawMode(raw) {
    this.#terminal.setRawMode(raw);
  }

  resume() {
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS);
  }

  pause() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  destroy() {
    this.pause();
    if (!this.destroyed) closeSync(this.#descriptor);
    this.destroyed = true;
    this.#terminal.destroy();
  }

  #look() {
    const length = this.#read();
    if (length === undefined) return;
    if (length === 0) this.emit("end");
    else this.emit("data", Buffer.from(this.#bytes.subarray(0, length)));
  }

  /** How many bytes there were; 0 at the end; nothing while there are none. */
  #read() {
    try {
      return readSync(this.#descriptor, this.#bytes);
    } catch (error) {
      return error.code === "EAGAIN" ? undefined : 0;
    }
  }
}

module.exports = { terminalInput: (descriptor) => new TerminalInput(descriptor) };
