import { createServer } from "node:net";

// Listens at the name of a pipe and knows no secret: prints a line when it does, and what it got
// of each connection, as JSON. It answers the first bytes with what it was given, if anything.
const [pipe, answer = ""] = process.argv.slice(2);
createServer((socket) => {
  let got = "";
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    if (got === "" && answer !== "") socket.write(answer);
    got += chunk.toString("latin1");
  });
  socket.on("close", () => process.stdout.write(`${JSON.stringify(got)}\n`));
}).listen(pipe, () => process.stdout.write("listening\n"));
