import { closeSync, openSync } from "node:fs";
import { isatty, WriteStream } from "node:tty";
import type { ReadStream } from "node:tty";
import { shellWord } from "@strongroom/client/protocol";
import { escapeLine } from "./escape.ts";
import { Refusal } from "./refusal.ts";
import { terminalInput } from "./terminal-input.ts";

/** What is typed comes from the one, what is asked goes to the other. */
const TERMINAL =
  process.platform === "win32"
    ? { input: String.raw`\\.\CONIN$`, output: String.raw`\\.\CONOUT$` }
    : { input: "/dev/tty" };
const INTERRUPT = 0x03;
const END = 0x04;
const BACKSPACE = new Set([0x08, 0x7f]);
const ENTER = new Set([0x0a, 0x0d]);
const CLEAR_LINE = 0x15;

/** Asks for a value twice at the terminal, without showing it. Nobody there: exit 9. */
export async function askValue(name: string): Promise<Buffer> {
  const terminal = open(`printf %s "$VALUE" | strongroom set ${shellWord(name)}`);
  try {
    const first = await ask(terminal, `Value of ${escapeLine(name)} (not shown): `, true);
    const second = await ask(terminal, "The same again: ", true);
    if (first.equals(second)) return first;
  } finally {
    terminal.close();
  }
  throw new Refusal(
    "ABORTED",
    "the two values differ; nothing was stored",
    `strongroom set ${shellWord(name)}`,
  );
}

/** Asks for something once, without showing it. Nobody there: exit 9 with `command`. */
export async function askHidden(question: string, command: string): Promise<Buffer> {
  const terminal = open(command);
  try {
    return await ask(terminal, question, true);
  } finally {
    terminal.close();
  }
}

/** Asks whether to go on; anything but `yes` is no (exit 3). Nobody there: exit 9 with `command`. */
export async function confirm(question: string, command: string): Promise<void> {
  const terminal = open(command);
  try {
    const answer = await ask(terminal, `${escapeLine(question)} Type yes to go on: `, false);
    if (answer.toString().trim() === "yes") return;
  } finally {
    terminal.close();
  }
  throw new Refusal("ABORTED", "nothing was changed", command);
}

/** Whether somebody can be asked. */
export function canAsk(): boolean {
  try {
    closeSync(openInput());
    return true;
  } catch {
    return false;
  }
}

interface Terminal {
  readonly input: ReadStream;
  readonly output: WriteStream;
  readonly close: () => void;
}

// Not stdin and stdout: those may be pipes while somebody sits there.
function open(command: string): Terminal {
  const opened: number[] = [];
  const keep = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  try {
    const fd = keep(openInput());
    const input = terminalInput(fd);
    const output = new WriteStream(
      TERMINAL.output === undefined ? fd : keep(openSync(TERMINAL.output, "r+")),
    );
    const close = (): void => {
      if (!input.destroyed) input.setRawMode(false);
      input.destroy();
      output.destroy();
    };
    return { input, output, close };
  } catch {
    for (const fd of opened) closeSync(fd);
    throw new Refusal("NO_TERMINAL", "input is needed, but nobody is at a terminal", command);
  }
}

function openInput(): number {
  // There a program without a window has a console too, at which nobody can be.
  if (process.platform === "win32" && ![0, 1, 2].some((fd) => isatty(fd))) {
    throw new Error("no stream of this process is a terminal");
  }
  return openSync(TERMINAL.input, "r+");
}

function ask({ input, output }: Terminal, question: string, hidden: boolean): Promise<Buffer> {
  // In this order: what is typed before the terminal is told would be shown.
  input.setRawMode(hidden);
  output.write(question);
  return new Promise((resolve, reject) => {
    const typed: number[] = [];
    const settle = (outcome: () => void): void => {
      input.off("data", take);
      input.off("end", giveUp);
      input.pause();
      if (hidden) output.write("\n");
      outcome();
    };
    const giveUp = (): void =>
      settle(() =>
        reject(new Refusal("ABORTED", "given up; nothing was changed", "strongroom help")),
      );
    const take = (chunk: Buffer): void => {
      for (const byte of chunk) {
        if (ENTER.has(byte)) return settle(() => resolve(Buffer.from(typed)));
        if (hidden && (byte === INTERRUPT || (byte === END && typed.length === 0))) {
          return giveUp();
        }
        if (hidden && BACKSPACE.has(byte)) eraseCharacter(typed);
        else if (hidden && byte === CLEAR_LINE) typed.length = 0;
        else typed.push(byte);
      }
    };
    input.on("data", take);
    // The end of the input, or of the terminal: nobody will answer.
    input.once("end", giveUp);
    input.resume();
  });
}

/** Takes off the last character, which in UTF-8 may be several bytes. */
function eraseCharacter(typed: number[]): void {
  while (((typed.pop() ?? 0) & 0xc0) === 0x80);
}
