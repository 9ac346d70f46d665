// Loaded before a program: at SIGURG its thread stands still, while the system goes on telling it
// of signals and answers, until the file HELD_UNTIL is there. While it stands HELD_UNTIL.held is.
import { existsSync, writeFileSync } from "node:fs";

const until = String(process.env.HELD_UNTIL);
process.on("SIGURG", () => {
  if (existsSync(until)) return;
  writeFileSync(`${until}.held`, "");
  const cell = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(until)) Atomics.wait(cell, 0, 0, 5);
});
