import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { workbench } from "../support/connected-tools.ts";
import { connected } from "../support/connected.ts";
import { credential } from "../support/oauth/credential.ts";

/** With this a program goes the long way, and is otherwise the same. */
const LONG_WAY = { STRONGROOM_TIMEOUT: "20s" };

type Asked = readonly [program: string, args: readonly string[], input?: string];

test(
  "a helper says by the short way what it says by the long one",
  {
    timeout: 120_000,
  },
  async () => {
    const { place, run } = await workbench();
    const client = await connected(place);
    const git = (more: string, host = "git.example:8443"): Asked => [
      "git-credential-strongroom",
      ["get"],
      `capability[]=state\nprotocol=https\nhost=${host}\n${more}\n`,
    ];
    const docker = (url: string): Asked => ["docker-credential-strongroom", ["get"], url];
    const ours = (...args: string[]): Asked => ["strongroom", args];
    const expiresAt = Date.UTC(2999, 0, 2);
    const aws = { AccessKeyId: "A", SecretAccessKey: "s" };
    const values: { [name: string]: string } = {
      "git/https/git.example:8443/@me": "first",
      "git/https/git.example:8443/@a%2Fb": "second",
      "git/https/git.example:8443/repo.git/@me": "third",
      "git/https/evil.example/@me": "a\nhost=other",
      "git/https/bot.example/@a%5Bbot%5D": "older",
      "git/https/new.example/=a%2Fb": "encoded",
      "git/https/own.example/own": "none of git's",
      [`docker/${encodeURIComponent("https://index.docker.io/v1/")}`]:
        '{"username":"u é","secret":"s"}',
      "docker/odd": '{"username":1}',
      "aws/plain": JSON.stringify(aws),
      "aws/whole": JSON.stringify({
        ...aws,
        SessionToken: "t",
        Expiration: "2999-01-01T00:00:00Z",
      }),
      "aws/nested": JSON.stringify({ Credentials: aws }),
      "aws/old": JSON.stringify({ ...aws, Expiration: "2020-01-01T00:00:00Z" }),
      "aws/number": JSON.stringify({ ...aws, Expiration: 4_000_000_000 }),
      "aws/empty": JSON.stringify({ ...aws, SecretAccessKey: "" }),
      "aws/null": JSON.stringify({ ...aws, SessionToken: null }),
      "aws/v2": JSON.stringify({ ...aws, Version: 2 }),
      "aws/wrong": "no json",
      "k8s/dev": " token\n",
      "k8s/empty": "\n",
      "k8s/lines": "a\nb",
    };
    for (const [name, value] of Object.entries(values)) await client.set(name, value);
    await client.set("git/https/timed.example/@me", "timed", { metadata: { expiresAt } });
    await client.set("k8s/far", "far", { metadata: { expiresAt: Number.MAX_SAFE_INTEGER } });
    await client.set("k8s/later", "later", { metadata: { expiresAt: Date.UTC(10_000, 0) } });
    for (const name of ["k8s/bytes", "aws/bytes", "git/https/bytes.example/@me", "docker/bytes"]) {
      await client.set(name, Uint8Array.of(0xff, 0x61));
    }
    await client.set("k8s/timed", "timed", { metadata: { expiresAt } });
    await client.change("oauth/put", credential("mcp/notes"));
    const all: readonly Asked[] = [
      git(""),
      git("username=me\n"),
      git("username=a/b\n"),
      git("path=repo.git\n"),
      git("path=../x\n"),
      git("username=nobody\n"),
      git("", "none.example"),
      git("", "evil.example"),
      git("", "timed.example"),
      ...["bot.example", "new.example", "own.example", "bytes.example"].map((host) =>
        git("", host),
      ),
      git("", "*"),
      docker("https://index.docker.io/v1/\n"),
      docker("none"),
      docker("odd"),
      docker("bytes"),
      docker(""),
      ...["plain", "whole", "nested", "old", "number", "empty", "null", "v2"].map((name) =>
        ours("aws", "process", name),
      ),
      ...["wrong", "bytes", "none"].map((name) => ours("aws", "process", name)),
      ...[
        "k8s/dev",
        "k8s/timed",
        "k8s/far",
        "k8s/later",
        "k8s/bytes",
        "k8s/empty",
        "k8s/lines",
        "mcp/notes",
        "none",
      ].map((name) => ours("kube", "exec-credential", name)),
      ours("token", "mcp/notes"),
      ours("token", "none"),
      ours("token", "mcp/notes", "--format", "headers"),
      ours("aws", "other", "plain"),
      ours("token"),
    ];
    for (let at = 0; at < all.length; at += 6) {
      await Promise.all(
        all.slice(at, at + 6).map(async ([program, args, input]) => {
          const [short, long] = await Promise.all([
            run(program, args, input),
            run(program, args, input, LONG_WAY),
          ]);
          expect([program, args, input, short]).toEqual([program, args, input, long]);
          expect(short.stdout).not.toMatch(/\uFFFD|"\+\d/u);
          if (args.at(-1) === "k8s/far") expect(short.status).toBe(0);
          if (/k8s\/(?:bytes|empty|lines)/u.test(args.join(" "))) expect(short.status).toBe(2);
        }),
      );
    }
    const info = (version: string): NodeJS.ProcessEnv => ({
      KUBERNETES_EXEC_INFO: JSON.stringify({
        apiVersion: `client.authentication.k8s.io/${version}`,
      }),
    });
    for (const version of ["v1", "v1beta1", "v2"]) {
      const args = ["kube", "exec-credential", "k8s/timed"];
      const [short, long] = await Promise.all([
        run("strongroom", args, "", info(version)),
        run("strongroom", args, "", { ...info(version), ...LONG_WAY }),
      ]);
      expect(short).toEqual(long);
      expect(short.status).toBe(version === "v2" ? 17 : 0);
    }
  },
);

test("with a key a helper is never the owner", { timeout: 60_000 }, async () => {
  const { place, run } = await workbench();
  const client = await connected(place);
  await client.set("git/https/git.example/@me", "sup3r");
  await client.set("docker/registry.example", '{"username":"u","secret":"sup3r"}');
  const key = await place.cli([
    "key",
    "create",
    "ci",
    "--allow",
    "get,list:other/**",
    "--no-expiry",
  ]);
  const acting = { STRONGROOM_API_KEY: key.stdout.trim() };
  const asked = "protocol=https\nhost=git.example\nusername=me\npassword=sup3r\n";
  for (const operation of ["get", "erase"]) {
    const said = await run("git-credential-strongroom", [operation], asked, acting);
    expect(said.stdout + said.stderr).not.toContain("sup3r");
  }
  const got = await run("docker-credential-strongroom", ["get"], "registry.example", acting);
  expect([got.status, got.stdout]).toEqual([1, "credentials not found in native keychain\n"]);
  expect((await client.get("git/https/git.example/@me"))?.text()).toBe("sup3r");
});

test("the short way of the helpers loads nothing that takes long", () => {
  const file = join(import.meta.dirname, "../../packages/cli/src/quick-helpers.cts");
  const loaded = [...readFileSync(file, "utf8").matchAll(/require\("([^"]+)"\)/gu)];
  expect(loaded.map(([, name]) => name)).toEqual(["node:fs", "./quick-get.cjs"]);
});
