// Rotates a key, whoever else does so at the same time: node rotate.ts service/key
import { randomBytes } from "node:crypto";
import { connect } from "@strongroom/client";

const [name = ""] = process.argv.slice(2);
const vault = await connect({ create: true });
try {
  // Called again when somebody else was quicker, so no rotation is lost.
  const { version } = await vault.update(name, () => randomBytes(32).toString("base64url"));
  console.log(`${name} is at version ${version}`);
} finally {
  vault.close();
}
