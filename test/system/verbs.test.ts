import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret, TOTP } from "otpauth";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { atTerminal, noTerminal } from "../support/terminal.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

async function json(place: Throwaway, ...args: string[]): Promise<{ [field: string]: unknown }> {
  const { status, stderr, stdout } = await place.cli([...args, "--json"]);
  expect([args, status, stderr]).toEqual([args, 0, ""]);
  return JSON.parse(stdout) as { [field: string]: unknown };
}

test(
  "tag changes what stands beside a value, once however many do",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a", "--tag", "x", "--content-type", "text/plain"], "v");
    const all = await Promise.all(["b", "c", "d", "e"].map((tag) => place.cli(["tag", "a", tag])));
    expect(all.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    await place.cli(["tag", "a", "b", "c", "--remove", "--note", "hello", "--expires", "2d"]);
    const { secrets } = await json(place, "list", "--expiring", "3d");
    const [{ metadata, version } = { metadata: {} as { [key: string]: unknown }, version: 0 }] =
      secrets as {
        metadata: { [key: string]: unknown };
        version: number;
      }[];
    expect((metadata["tags"] as string[]).toSorted()).toEqual(["d", "e", "x"]);
    expect(metadata).toMatchObject({ note: "hello", contentType: "text/plain" });
    expect(version).toBe(6);
    expect((await place.cli(["get", "a"])).stdout).toBe("v");
    expect(await json(place, "tag", "a", "x")).toMatchObject({ version: 6, isChanged: false });
    await place.cli(["tag", "a", "--note", "", "--expires", "never"]);
    expect((await place.cli(["list", "--expiring", "3d"])).stdout).toBe("");
    for (const wrong of [
      ["tag", "a"],
      ["tag", "a", "--expires", "soon"],
      ["list", "--expiring", "x"],
    ]) {
      expect((await place.cli(wrong)).status).toBe(2);
    }
  },
);

test(
  "move gives another name in one step, and takes no other's place unasked",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a", "--tag", "t"], "1");
    await place.cli(["set", "b"], "2");
    expect((await place.cli(["move", "a", "b"])).status).toBe(12);
    expect((await place.cli(["get", "a"])).stdout).toBe("1");
    expect((await place.cli(["move", "a", "c"])).status).toBe(0);
    expect((await place.cli(["get", "a"])).status).toBe(6);
    expect((await place.cli(["list", "--tag", "t"])).stdout).toBe("c\n");
    expect((await place.cli(["move", "c", "b", "--force"])).status).toBe(0);
    expect((await place.cli(["get", "b"])).stdout).toBe("1");
    const twice = await Promise.all(["x", "y"].map((to) => place.cli(["move", "b", to])));
    expect(twice.filter(({ status }) => status === 0)).toHaveLength(1);
    expect((await place.cli(["list"])).stdout).toMatch(/^[xy]\n$/u);
  },
);

test("what a refusal says to do next is done as it is printed", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["set", "a b"], '{"user":"me"}');
  await place.cli(["set", "taken"], "v");
  const refused = async (...words: string[]): Promise<{ stderr: string; next: string }> => {
    const { stderr } = await place.cli(words, "{{ strongroom://a%20b }}");
    return { stderr, next: /next: (.*?)(?: shows .*)?\n/u.exec(stderr)?.[1] ?? "" };
  };
  const then = async (next: string): Promise<{ status: number | null; stdout: string }> => {
    const cli = `"${process.execPath}" "${join(ROOT, "packages/cli/bin/strongroom.js")}"`;
    return await place.run("sh", ["-c", `strongroom() { ${cli} "$@"; }; ${next}`]);
  };
  const field = await refused("run", "--env", "A=a%20b#nope", "--", "true");
  expect(await then(field.next)).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("user") as string,
  });
  const folder = join(place.home, "not", "there");
  const into = ["inject", "--out", join(folder, "out")];
  expect((await then((await refused(...into)).next)).status).toBe(0);
  expect((await place.cli(into, "text")).status).toBe(0);
  const move = await refused("move", "a b", "taken");
  expect(move.stderr).not.toContain("condition");
  expect((await then(move.next)).status).toBe(0);
  expect((await place.cli(["get", "taken"])).stdout).toBe('{"user":"me"}');
  for (const [option, words] of [
    ["--in", ["inject", "--in"]],
    ["--from-file", ["set", "x", "--from-file"]],
    ["--identity", ["unlock", "--identity"]],
  ] as const) {
    const { next, stderr } = await refused(...words, join(place.home, "none"));
    expect(stderr).toContain(`${option} ${join(place.home, "none")} cannot be read: ENOENT`);
    expect(next).toMatch(/^strongroom \w+ .*FILE$/u);
  }
  const mcp = (await refused("mcp")).next;
  expect(mcp).toMatch(/> agent\.key && STRONGROOM_API_KEY_FILE=agent\.key strongroom mcp$/u);
});

test(
  "diff says which fields differ and how long they are, and no value",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "j"], '{"user":"me","password":"sup3r","old":1}');
    await place.cli(["set", "j"], '{"user":"me","password":"s3cret","new":{"a":1}}');
    const shown = await place.cli(["diff", "j"]);
    expect(shown.status).toBe(15);
    expect(shown.stdout.split("\n").map((line) => line.replaceAll(/ +/gu, " ").trim())).toEqual([
      "v1 v2",
      "+ new 7 B",
      "- old 1 B",
      "~ password 5 B 6 B",
      "user 2 B 2 B",
      "",
    ]);
    expect((await place.cli(["diff", "j", "--from", "2", "--to", "2"])).status).toBe(0);
    await place.cli(["set", "j"], "plain");
    expect((await place.cli(["diff", "j"])).stdout).toContain("(value)");
    await place.cli(["set", "one"], "1");
    const alone = await place.cli(["diff", "one"]);
    expect([alone.status, alone.stdout]).toEqual([0, expect.stringContaining("(value)")]);
    await place.cli(["delete", "one"]);
    await place.cli(["purge", "one", "--yes"]);
    expect((await place.cli(["diff", "one"])).status).toBe(6);
  },
);

test(
  "otp prints the code of RFC 6238, and refuses what is no key",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    await place.cli(
      ["set", "uri"],
      `otpauth://totp/a:b?secret=${secret}&issuer=a&digits=8&algorithm=SHA256`,
    );
    await place.cli(["set", "key"], "jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp");
    const code = (totp: TOTP): string[] =>
      [-30_000, 0].map((back) => totp.generate({ timestamp: Date.now() + back }));
    const found = await place.cli(["otp", "uri", "--wait"]);
    expect(
      code(new TOTP({ secret: Secret.fromBase32(secret), digits: 8, algorithm: "SHA256" })),
    ).toContain(found.stdout);
    expect(found.stderr).toMatch(/^strongroom: good for \d+ s\n$/u);
    expect(code(new TOTP({ secret: Secret.fromBase32(secret) }))).toContain(
      (await place.cli(["otp", "key"])).stdout,
    );
    for (const wrong of [
      "v",
      "not base32 at all!",
      "otpauth://hotp/a?secret=JBSWY3DPEHPK3PXP&counter=1",
      "otpauth://totp/x",
    ]) {
      await place.cli(["set", "wrong"], wrong);
      const refused = await place.cli(["otp", "wrong"]);
      expect([wrong, refused.status]).toEqual([wrong, 2]);
      expect(refused.stderr).not.toContain("JBSWY3");
    }
  },
);

test(
  `edit stores what the editor leaves, when it has changed${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const place = throwaway();
    await place.cli(["set", "a"], "before");
    const editor = (line: string): void =>
      writeFileSync(join(place.home, "ed"), `#!/bin/sh\nstat -c 'mode %a' "$1"\n${line}\n`, {
        mode: 0o755,
      });
    const edit = async (): Promise<{ shown: string; status: number | null }> => {
      const env = { ...place.env, EDITOR: join(place.home, "ed") };
      return await atTerminal({ env }, "edit a", []);
    };
    editor('printf after > "$1"');
    const edited = await edit();
    expect([edited.status, edited.shown.trim()]).toEqual([0, "mode 600"]);
    expect((await place.cli(["get", "a"])).stdout).toBe("after");
    editor("true");
    expect((await edit()).shown).toContain("nothing was stored");
    editor('printf lost > "$1"; exit 1');
    expect((await edit()).status).toBe(3);
    const other = `'${process.execPath}' '${join(ROOT, "packages/cli/bin/strongroom.js")}' set a < "$HOME/other"`;
    writeFileSync(join(place.home, "other"), "theirs");
    editor(`test -e "$HOME/done" || { ${other}; touch "$HOME/done"; }; printf mine > "$1"`);
    const overtaken = await edit();
    expect([overtaken.status, overtaken.shown]).toEqual([
      0,
      expect.stringContaining("somebody stored version"),
    ]);
    expect((await place.cli(["get", "a"])).stdout).toBe("mine");
    expect((await place.cli(["get", "a", "--version", "3"])).stdout).toBe("theirs");
    expect(readdirSync(join(place.home, "run")).filter((name) => name.startsWith("run-"))).toEqual(
      [],
    );
    expect(
      (
        await place.run("setsid", [
          "-w",
          process.execPath,
          join(ROOT, "packages/cli/bin/strongroom.js"),
          "edit",
          "a",
        ])
      ).status,
    ).toBe(9);
  },
);

test(
  "several vaults are apart, and a request can be looked at unsent",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "usual");
    await place.cli(["set", "a", "--vault", "office"], "office");
    expect((await place.cli(["get", "a"])).stdout).toBe("usual");
    expect((await place.cli(["get", "a", "--vault=office"])).stdout).toBe("office");
    expect(
      (
        await place.cli([
          "run",
          "--vault",
          "office",
          "--mask",
          "never",
          "--env",
          "A=a",
          "--",
          "sh",
          "-c",
          "echo $A",
        ])
      ).stdout,
    ).toBe("office\n");
    expect(existsSync(join(place.home, "vaults/office/vault/vault.json"))).toBe(true);
    for (const wrong of ["../x", "", "A", "x/y", ".x"]) {
      expect([wrong, (await place.cli(["get", "a", "--vault", wrong])).status]).toEqual([wrong, 2]);
    }
    expect((await place.cli(["get", "a", "--vault", "none"])).status).toBe(6);
    await place.cli(["daemon", "stop", "--vault", "office"]);
    const printed = await place.cli(["set", "never", "--print-rpc"], "sup3r");
    expect(JSON.parse(printed.stdout)).toEqual({
      jsonrpc: "2.0",
      id: 1,
      method: "secret/set",
      params: { name: "never", value: "<value>", encoding: "utf8" },
    });
    expect((await place.cli(["get", "never"])).status).toBe(6);
  },
);
