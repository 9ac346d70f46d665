import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { run } from "../process.mjs";

/** What makes npm sign where a package comes from, and everybody see it. */
const SIGNED = ["--provenance", "--access", "public"];
const BRIEF = "--loglevel=error";

/**
 * Publishes tarballs (`{name, file}` each, and their `version`) one after the other, those before
 * that others need. One that the registry has is left alone if it is the same in every byte, so that
 * a run that was cut goes on by another one; and nothing goes on after one that is not. `say` is
 * told of each. Throws what npm said.
 */
export async function publishAll(packed, version, { flags = SIGNED, env = process.env, say }) {
  for (const { name, file } of packed) {
    const found = await integrityOf(`${name}@${version}`, env);
    const ours = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
    if (found !== undefined && found !== ours) {
      throw new Error(`the registry has another ${name}@${version} than this one: ${found}`);
    }
    if (found !== undefined) {
      say(`${name}@${version} is published already`);
      continue;
    }
    const { status, text } = await run(["npm", "publish", file, BRIEF, ...flags], {
      env,
      quiet: true,
    });
    if (status !== 0) throw new Error(`${name} was not published: ${text}`);
    say(`${name}@${version} is published`);
  }
}

/** What the registry says of the bytes of a version; undefined where it has none. */
async function integrityOf(spec, env) {
  const command = ["npm", "view", spec, "dist.integrity", "--json", "--prefer-online", BRIEF];
  const { status, text } = await run(command, { env, quiet: true });
  if (/\bE404\b/u.test(text)) return undefined;
  if (status !== 0) throw new Error(`the registry does not say whether it has ${spec}: ${text}`);
  return /"(sha512-[^"]+)"/u.exec(text)?.[1];
}
