// asker.mjs token|value: for each line NAME of its input, the access token or the value of that
// name in one line, or the code of the refusal and its message.
import { createInterface } from "node:readline";
import { connect } from "@strongroom/client";

const client = await connect({ timeout: "60s" });
await client.list();
process.stdout.write("ready\n");
for await (const name of createInterface({ input: process.stdin })) {
  const asked =
    process.argv[2] === "value"
      ? client.get(name).then((secret) => secret.text())
      : client.token(name).then(({ accessToken }) => accessToken);
  const said = await asked.catch(({ code, message }) => `${code} ${message}`);
  process.stdout.write(`${said}\n`);
}
client.close();
