import type { Programs } from "@strongroom/daemon/src/renewers/programs.ts";

/** What a program does: prints bytes, or fails. */
export type Script = (signal: AbortSignal) => Buffer | Promise<Buffer>;

/** Programs that do as they are told; the next value of each is `value-1`, `value-2` and so on. */
export class ScriptedPrograms implements Pick<Programs, "run" | "has"> {
  /** The names that were renewed, in order. */
  readonly started: string[] = [];
  /** Processes that belong to one of them. */
  readonly own = new Set<number>();
  script: Script | undefined;

  async run({ name }: { readonly name: string }, signal: AbortSignal): Promise<Buffer> {
    this.started.push(name);
    const count = this.started.length;
    return await (this.script?.(signal) ?? Buffer.from(`value-${count}\n`));
  }

  has(pid: number): boolean {
    return this.own.has(pid);
  }
}

/** A program that prints when it is told to. */
export function waiting(): { readonly script: Script; readonly print: (text: string) => void } {
  let print: (text: string) => void = () => {};
  const printed = new Promise<Buffer>((resolve) => {
    print = (text) => resolve(Buffer.from(text));
  });
  return { script: () => printed, print: (text) => print(text) };
}
