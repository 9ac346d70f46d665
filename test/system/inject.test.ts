import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Decrypter } from "age-encryption";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { credential } from "../support/oauth/credential.ts";
import type { Throwaway } from "../support/throwaway.ts";

async function filled(): Promise<Throwaway> {
  const place = throwaway();
  await place.cli(["set", "app/db-url", "--tag", "db"], "postgres://u:p@h/d?x=1");
  await place.cli(["set", "app/json"], '{"user":"me"}');
  await place.cli(
    ["oauth", "put", "app/oauth"],
    JSON.stringify(credential("any", { expiresIn: 3600 })),
  );
  return place;
}

test(
  "a template is filled, whole or not at all, and never into a repository unasked",
  { timeout: 60_000 },
  async () => {
    const place = await filled();
    const template =
      "url={{ strongroom://app/db-url }} u={{ strongroom://app/json#user | json }} {{ .Other }}\n";
    const filledText = 'url=postgres://u:p@h/d?x=1 u="me" {{ .Other }}\n';
    expect(await place.cli(["inject"], template)).toEqual({
      status: 0,
      stdout: filledText,
      stderr: "",
    });
    const out = join(place.home, "out.conf");
    writeFileSync(join(place.home, "in.tpl"), template);
    expect((await place.cli(["inject", "-i", join(place.home, "in.tpl"), "-o", out])).status).toBe(
      0,
    );
    expect([readFileSync(out, "utf8"), statSync(out).mode & 0o777]).toEqual([filledText, 0o600]);
    const missing = await place.cli(
      ["inject", "-o", out],
      "{{ strongroom://app/db-url }}\n{{ strongroom://none }}",
    );
    expect([missing.status, missing.stdout]).toEqual([6, ""]);
    expect(missing.stderr).toContain("line 2: strongroom://none");
    expect(readFileSync(out, "utf8")).toBe(filledText);
    expect((await place.cli(["inject"], "{{ strongroom://app/oauth }}")).status).toBe(2);
    expect((await place.cli(["inject", "--allow", "other/**"], template)).status).toBe(4);
    const toStdout = await place.cli(["inject", "-o", "/dev/stdout"], template);
    expect([toStdout.status, toStdout.stdout]).toEqual([0, filledText]);
    expect((await place.cli(["inject", "-o", place.home], template)).status).toBe(2);
    const kept = await place.cli(["export", "app/json", "--format", "json", "-o", place.home]);
    expect([kept.status, kept.stdout]).toEqual([2, ""]);
    execFileSync("git", ["init", "-q", join(place.home, "repo")]);
    mkdirSync(join(place.home, "repo/deep"));
    const inside = join(place.home, "repo/deep/out.conf");
    expect((await place.cli(["inject", "-o", inside], template)).status).toBe(4);
    expect(readdirSync(join(place.home, "repo/deep"))).toEqual([]);
    expect((await place.cli(["inject", "-o", inside, "--force"], template)).status).toBe(0);
  },
);

test(
  "an export holds what its pattern names, sealed for whoever opens the vault",
  { timeout: 60_000 },
  async () => {
    const place = await filled();
    const json = await place.cli(["export", "app/**", "--format", "json"]);
    const names = (text: string): unknown[] =>
      (JSON.parse(text) as { secrets: { name: unknown }[] }).secrets.map(({ name }) => name);
    expect(names(json.stdout)).toEqual(["app/db-url", "app/json"]);
    expect(json.stderr).toContain("1 OAuth credentials are left out");
    const dotenv = await place.cli(["export", "--prefix", "app", "--format", "dotenv"]);
    expect(dotenv.stdout).toContain("DB_URL='postgres://u:p@h/d?x=1'\n");
    const out = join(place.home, "sealed.age");
    expect((await place.cli(["export", "--out", out])).status).toBe(0);
    const sealed = readFileSync(out);
    expect([statSync(out).mode & 0o777, sealed.includes("postgres")]).toEqual([0o600, false]);
    const keyfile = readFileSync(join(place.home, "config/keyfile"), "utf8");
    const decrypter = new Decrypter();
    decrypter.addIdentity(/^AGE-SECRET-KEY-1.*$/mu.exec(keyfile)?.[0] ?? "");
    expect(names(await decrypter.decrypt(sealed, "text"))).toEqual(["app/db-url", "app/json"]);
    expect((await place.cli(["export", "app/oauth", "--format", "json"])).status).toBe(2);
    expect((await place.cli(["export", "none", "--format", "json"])).status).toBe(6);
  },
);

test(
  "what is generated is stored unseen, or shown with its bits",
  { timeout: 60_000 },
  async () => {
    const place = await filled();
    const shown = await place.cli(["generate", "24", "--charset", "digits"]);
    expect([shown.status, shown.stderr]).toEqual([0, "strongroom: 79 bits\n"]);
    expect(shown.stdout).toMatch(/^\d{24}$/u);
    const saved = await place.cli(["generate", "--save", "app/key", "--if-absent"]);
    expect([saved.status, saved.stdout]).toEqual([0, ""]);
    expect((await place.cli(["get", "app/key"])).stdout).toMatch(/^[A-Za-z0-9]{32}$/u);
    expect((await place.cli(["generate", "--save", "app/key", "--if-absent"])).status).toBe(12);
    expect(
      (await place.cli(["generate", "--words", "5", "--separator", " "])).stdout.split(" "),
    ).toHaveLength(5);
    for (const wrong of [
      ["0"],
      ["5000"],
      ["x"],
      ["--words", "3", "--charset", "hex"],
      ["--separator", "."],
    ]) {
      expect((await place.cli(["generate", ...wrong])).status).toBe(2);
    }
  },
);
