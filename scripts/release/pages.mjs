import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Where the shells look: zsh for `_NAME`, the others for their own ending. */
const COMPLETIONS = {
  bash: "completions/strongroom.bash",
  fish: "completions/strongroom.fish",
  powershell: "completions/strongroom.ps1",
  zsh: "completions/_strongroom",
};

/**
 * The pages for man(1) and the completions that the package of the command line holds, `[path in
 * it, text]` each, made of the built command line at `root`: what `help … --man` and `completion`
 * print.
 */
export async function pagesOf(root) {
  const built = (file) => import(pathToFileURL(join(root, "packages/cli/dist", file)).href);
  const { COMMANDS, findCommand } = await built("table.js");
  const { asRoff, overviewRoff } = await built("help/roff.js");
  const { manualOf } = await built("help/manual.js");
  const { exitCodes } = await built("exit-codes.js");
  const { SCRIPTS } = await built("completion/scripts.js");
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => ({ name, summary }));
  const pages = [["man/man1/strongroom.1", overviewRoff(commands, exitCodes())]];
  for (const { name, summary } of commands) {
    const manual = manualOf(name, summary, await findCommand(name));
    pages.push([`man/man1/strongroom-${name}.1`, asRoff(manual)]);
  }
  for (const [shell, script] of Object.entries(SCRIPTS)) pages.push([COMPLETIONS[shell], script]);
  return pages;
}
