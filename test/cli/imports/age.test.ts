import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newIdentity, recipientOf, seal } from "@strongroom/daemon/src/keys/age.ts";
import { readAge } from "strongroom/src/imports/age.ts";
import { describe, expect, it } from "vitest";
import { answers, SourceFiles, textsOf } from "../../support/source-files.ts";

const noAge =
  spawnSync("age", ["--version"]).status === 0 ? "" : " (skipped: there is no age(1) here)";
const RECIPIENTS = `age-encryption.org/v1\n-> X25519 ${"A".repeat(43)}\n${"A".repeat(43)}\n--- ${"A".repeat(43)}\n`;
const nobody = { password: () => Promise.reject(new Error("it was asked")), keyFile: undefined };

/** Identities, and what age(1) seals to them. */
class Sealed extends SourceFiles {
  async identity(name: string): Promise<string> {
    const identity = await newIdentity();
    return this.file(name, `# public key: ${await recipientOf(identity)}\n${identity}\n`);
  }

  sealed(text: string, identity: string, ...args: string[]): string {
    const [recipient = ""] = /age1\w+/u.exec(readFileSync(identity, "utf8")) ?? [];
    const input = Buffer.from(text, "latin1");
    return this.file("sealed", execFileSync("age", ["-r", recipient, ...args], { input }));
  }
}

describe.skipIf(noAge !== "")(`a file that age(1) has sealed${noAge}`, () => {
  it("is opened with and without armor, by any identity of a file", async () => {
    const files = new Sealed();
    const [one, two] = [await files.identity("one"), await files.identity("two")];
    const both = files.file(
      "both",
      [two, one].map((path) => readFileSync(path, "utf8").replaceAll("\n", "\r\n")).join("# x\n"),
    );
    for (const args of [[], ["--armor"]]) {
      for (const keyFile of [one, both]) {
        const path = files.sealed('{"a":"b","n":1.10}', one, ...args);
        const found = await readAge(path, { ...nobody, keyFile });
        expect(textsOf(found)).toEqual({ a: "b", n: "1.10" });
      }
    }
    const padded = files.file(
      "sealed",
      ` \r\n${readFileSync(join(files.folder, "sealed"), "utf8")}\r\n`,
    );
    expect(textsOf(await readAge(padded, { ...nobody, keyFile: one }))).toMatchObject({ a: "b" });
  });

  it("tells another identity, damage and what is no text apart, and names what goes on", async () => {
    const files = new Sealed();
    const [one, two] = [await files.identity("one"), await files.identity("two")];
    const path = files.sealed('{"a":"b"}', one, "--armor");
    await expect(readAge(path, { ...nobody, keyFile: two })).rejects.toMatchObject({
      code: "WRONG_KEY",
      hint: expect.stringContaining("--key-file FILE --from age") as string,
    });
    const armored = readFileSync(path, "utf8");
    for (const damaged of [
      armored.replace("END", "E"),
      armored.slice(0, -60),
      armored.replace("\n", "\n\n"),
    ]) {
      await expect(
        readAge(files.file("damaged", damaged), { ...nobody, keyFile: one }),
      ).rejects.toMatchObject({ code: "CORRUPT" });
    }
    const latin1 = files.sealed('{"a":"\xe9"}', one);
    await expect(readAge(latin1, { ...nobody, keyFile: one })).rejects.toMatchObject({
      message: expect.stringContaining("no text in UTF-8") as string,
    });
  });
});

describe("a file of age", () => {
  it("asks for no passphrase that could not open it, and takes no identity that could not", async () => {
    const files = new SourceFiles();
    await expect(readAge(files.file("r", RECIPIENTS), nobody)).rejects.toMatchObject({
      code: "WRONG_KEY",
      hint: expect.stringContaining("--key-file FILE --from age") as string,
    });
    const identity = `AGE-SECRET-KEY-1${"Q".repeat(58)}`;
    const sealed = files.file("p", await seal('{"a":"b"}', Buffer.from("pw"), 10));
    await expect(
      readAge(sealed, { ...nobody, keyFile: files.file("i", identity) }),
    ).rejects.toMatchObject({
      code: "WRONG_KEY",
      hint: expect.stringContaining("--passphrase-file FILE --from") as string,
    });
    await expect(readAge(sealed, answers("other"))).rejects.toMatchObject({ code: "WRONG_KEY" });
    expect(textsOf(await readAge(sealed, answers("pw")))).toEqual({ a: "b" });
    await expect(readAge(files.file("n", "no age file"), nobody)).rejects.toMatchObject({
      code: "CORRUPT",
    });
  });

  it.each([
    ["an SSH key", "-----BEGIN OPENSSH PRIVATE KEY-----\nhush\n", "UNSUPPORTED_FORMAT"],
    ["a sealed identity", "-----BEGIN AGE ENCRYPTED FILE-----\nhush\n", "UNSUPPORTED_FORMAT"],
    ["an identity of a plugin", "AGE-PLUGIN-YUBIKEY-1HUSH\n", "UNSUPPORTED_FORMAT"],
    ["a damaged identity", "AGE-SECRET-KEY-1HUSH\n", "CORRUPT"],
    ["no identity", "# hush\n", "CORRUPT"],
  ])("says of a key file with %s what it is", async (_, content, code) => {
    const files = new SourceFiles();
    const keyFile = files.file("key", content);
    const reading = readAge(files.file("r", RECIPIENTS), { ...nobody, keyFile });
    await expect(reading).rejects.toMatchObject({ code });
    await expect(reading).rejects.not.toThrow(/hush/iu);
    if (code === "CORRUPT") return;
    await expect(reading).rejects.toMatchObject({
      hint: expect.stringContaining("strongroom import --from json PATH") as string,
    });
  });
});
