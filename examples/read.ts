// Prints a secret to a program that was handed its name: node read.ts github/token
import { connect } from "@strongroom/client";

const [name = ""] = process.argv.slice(2);
const vault = await connect();
try {
  const secret = await vault.get(name);
  process.stdout.write(secret.bytes());
} finally {
  vault.close();
}
