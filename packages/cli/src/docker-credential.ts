import { dockerCredential } from "./helpers/docker.ts";
import { serveHelper } from "./helpers/serve.ts";

/** docker's credential helper; `input`: what was on stdin, where somebody has read it. */
export async function serve(input?: string): Promise<void> {
  await serveHelper(dockerCredential, input);
}
