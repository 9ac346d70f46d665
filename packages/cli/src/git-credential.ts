import { gitCredential } from "./helpers/git.ts";
import { serveHelper } from "./helpers/serve.ts";

/** git's credential helper; `input`: what was on stdin, where somebody has read it. */
export async function serve(input?: string): Promise<void> {
  await serveHelper(
    async (caller, operation, asked) => ({
      text: await gitCredential(caller, operation, asked),
      isError: false,
    }),
    input,
  );
}
