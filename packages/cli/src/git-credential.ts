import { gitCredential } from "./helpers/git.ts";
import { serveHelper } from "./helpers/serve.ts";

void serveHelper(async (caller, operation, input) => ({
  text: await gitCredential(caller, operation, input),
  isError: false,
}));
