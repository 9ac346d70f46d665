// What a program does with the SDK, on whatever runs it: prints what came of it, as JSON.
import { connect, StrongroomError } from "@strongroom/client";

const large = new Uint8Array(1024 * 1024).map((_, at) => (at * 31) % 251);

const client = await connect({ autostart: false, timeout: "20s" });
const first = await client.set("smoke/one", "some-value");
const events = [];
const watching = (async () => {
  for await (const { event, name } of client.watch("smoke/**", { since: first.revision })) {
    events.push(`${event} ${name}`);
    if (events.length === 3) return;
  }
})();
await client.set("smoke/large", large);
const refused = await client.set("smoke/one", "another", { expect: { version: 7 } }).then(
  () => "nothing",
  (error) => (error instanceof StrongroomError ? `${error.code} ${error.version}` : String(error)),
);
await client.set("smoke/one", "another", { expect: { version: 1 } });
await client.delete("smoke/one");
await watching;
const back = (await client.get("smoke/large")).bytes();
const { secrets } = await client.list({ pattern: "smoke/**" });
const missing = await client.get("smoke/one").then(
  () => "nothing",
  (error) => error.code,
);
client.close();
const isWhole = back.length === large.length && back.every((byte, at) => byte === large[at]);
const names = secrets.map(({ name }) => name);
console.log(JSON.stringify({ events, isWhole, missing, names, refused }));
