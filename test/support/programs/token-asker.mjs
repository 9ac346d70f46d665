// token-asker.mjs: for each line NAME of its input, the access token of that name in one line, or
// the code of the refusal and its message.
import { createInterface } from "node:readline";
import { connect } from "@strongroom/client";

const client = await connect({ timeout: "60s" });
await client.list();
process.stdout.write("ready\n");
for await (const name of createInterface({ input: process.stdin })) {
  const said = await client.token(name).then(
    ({ accessToken }) => accessToken,
    ({ code, message }) => `${code} ${message}`,
  );
  process.stdout.write(`${said}\n`);
}
client.close();
