import { writeData } from "../output.ts";

const [ENTER, LEAVE, HOME, CLEAR_LINE, CLEAR_BELOW] = [
  "\u001b[?1049h\u001b[?25l",
  "\u001b[?25h\u001b[?1049l",
  "\u001b[H",
  "\u001b[K",
  "\u001b[J",
] as const;
const ENDS = new Set(["q", "Q", "\u0003", "\u0004"]);

/** A terminal that shows one page after the other in the same place, and is left as it was. */
export class Screen {
  readonly over: Promise<void>;
  #isOver = false;
  readonly #isRaw = process.stdin.isTTY;

  constructor() {
    writeData(ENTER);
    this.over = new Promise((resolve) => {
      const end = (): void => {
        this.#isOver = true;
        resolve();
      };
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
      if (!this.#isRaw) return;
      process.stdin.setRawMode(true);
      process.stdin.on("data", (keys: Buffer) => {
        if (Array.from(keys.toString()).some((key) => ENDS.has(key))) end();
      });
    });
  }

  /** Whether somebody wants it to end. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Shows lines, as many as there is room for. */
  show(text: string): void {
    // A terminal that was told no size says 0.
    const { columns: wide = 0, rows: high = 0 } = process.stdout;
    const [columns, rows] = [wide > 0 ? wide : 80, high > 0 ? high : 24];
    const lines = text.split("\n").slice(0, rows - 1);
    const page = lines.map((line) => `${line.slice(0, columns)}${CLEAR_LINE}\r\n`).join("");
    writeData(HOME + page + CLEAR_BELOW);
  }

  /** Gives the terminal back. */
  leave(): void {
    if (this.#isRaw) {
      process.stdin.setRawMode(false);
      process.stdin.pause();
    }
    writeData(LEAVE);
  }
}
