// Two programs that use one account, as two of your tools would: this one starts itself again as
// the other. Both call an API whose access tokens end now and then; neither refreshes one.
//   strongroom oauth put mcp/notes < credential.json
//   node oauth-shared.ts mcp/notes https://api.example/notes
// Where the API says 401, the vault is told, and both get the next token: of one refresh.
import { fork } from "node:child_process";
import { connect, StrongroomError } from "@strongroom/client";

const [name = "mcp/notes", url = "http://127.0.0.1:1", role = "first"] = process.argv.slice(2);
const vault = await connect();

/** Calls the API with the token of the moment; once more with a new one where it is refused. */
async function call(isAgain = false): Promise<number> {
  const { accessToken, generation } = await vault.token(name, { minTtl: 10 });
  const answer = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } });
  if (answer.status !== 401 || isAgain) return answer.status;
  // Of several who report the same generation one alone makes it refreshed.
  await vault.reportToken(name, generation);
  return await call(true);
}

try {
  const other = role === "first" ? fork(process.argv[1] ?? "", [name, url, "second"]) : undefined;
  const ended = other && new Promise((resolve) => other.once("exit", resolve));
  console.log(`${role}: ${await call()}`);
  await ended;
} catch (error) {
  if (!(error instanceof StrongroomError)) throw error;
  // REAUTHORIZE: somebody has to sign in again, and no retry helps.
  console.error(`${role}: ${error.code}: ${error.message}; ${error.hint}`);
  process.exitCode = error.exitCode;
} finally {
  vault.close();
}
