// json-cli get|set|delete NAME: what many tools have for a secrets command. Values come by pipe.
import { text } from "node:stream/consumers";
import { JsonFile } from "../json-file.ts";

const [verb, name = ""] = process.argv.slice(2);
const file = new JsonFile(process.env["STRONGROOM_HOME"] ?? "");
if (verb === "set") await file.set(name, await text(process.stdin));
if (verb === "delete") await file.delete(name);
if (verb === "get") {
  const value = await file.get(name);
  if (value === undefined) process.exitCode = 6;
  else process.stdout.write(value);
}
