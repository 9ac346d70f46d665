import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { credential as oauthCredential } from "../support/oauth/credential.ts";
import { finish } from "../support/processes.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

const noGit =
  spawnSync("git", ["--version"]).status === 0 ? "" : " (skipped: there is no git here)";

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home whose programs find the helpers by their names. */
async function withHelpers(): Promise<{
  place: Throwaway;
  run: (program: string, args: readonly string[], input?: string) => Promise<Said>;
}> {
  const place = throwaway();
  await place.cli(["init"]);
  mkdirSync(join(place.home, "bin"));
  for (const name of ["git", "docker"]) {
    symlinkSync(
      join(ROOT, `packages/cli/bin/${name}-credential-strongroom.js`),
      join(place.home, "bin", `${name}-credential-strongroom`),
    );
  }
  const env = {
    ...place.env,
    PATH: `${join(place.home, "bin")}:${process.env["PATH"]}`,
    GIT_CONFIG_GLOBAL: join(place.home, "gitconfig"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
  };
  const run = (program: string, args: readonly string[], input = ""): Promise<Said> =>
    finish(spawn(program, args, { env, stdio: "pipe", cwd: place.home }), input);
  return { place, run };
}

test(
  `git keeps its credentials here, and a late refusal takes no fresh one${noGit}`,
  { timeout: 60_000 },
  async () => {
    if (noGit !== "") return;
    const { place, run } = await withHelpers();
    await run("git", ["config", "--global", "credential.helper", "strongroom"]);
    const asked = "protocol=https\nhost=git.example:8443\n\n";
    const given = (user: string, password: string, more = ""): string =>
      `protocol=https\nhost=git.example:8443\nusername=${user}\npassword=${password}\n${more}\n`;
    expect((await run("git", ["credential", "fill"], asked)).status).not.toBe(0);
    expect((await run("git", ["credential", "approve"], given("me", "first"))).status).toBe(0);
    const filled = await run("git", ["credential", "fill"], asked);
    expect(filled.stdout).toBe(
      "protocol=https\nhost=git.example:8443\nusername=me\npassword=first\n",
    );
    await run("git", ["credential", "approve"], given("me", "first"));
    const [name = ""] = (await place.cli(["list"])).stdout.split("\n");
    expect((await place.cli(["history", name])).stdout.trim().split("\n")).toHaveLength(1);
    await run("git", ["credential", "approve"], given("me", "fresh"));
    // Somebody who still had the first one was refused.
    await run("git", ["credential", "reject"], given("me", "first"));
    expect((await run("git", ["credential", "fill"], asked)).stdout).toContain("password=fresh\n");
    await run("git", ["credential", "reject"], given("me", "fresh"));
    expect((await run("git", ["credential", "fill"], asked)).status).not.toBe(0);
    const ending = Math.floor(Date.now() / 1000) + 3600;
    // Git itself passes it on from 2.40 on.
    await run(
      "git-credential-strongroom",
      ["store"],
      given("me", "timed", `password_expiry_utc=${ending}\n`),
    );
    const timed = await run("git-credential-strongroom", ["get"], asked);
    expect(timed.stdout).toBe(`username=me\npassword=timed\npassword_expiry_utc=${ending}\n`);
    await run("git", ["credential", "approve"], given("other/one", "second"));
    const other = await run(
      "git",
      ["credential", "fill"],
      "protocol=https\nhost=git.example:8443\nusername=other/one\n\n",
    );
    expect(other.stdout).toContain("password=second\n");
    expect(await run("git-credential-strongroom", ["capability"], asked)).toMatchObject({
      status: 0,
      stdout: "",
    });
    await place.cli(["set", "git/https/evil.example/@me"], "a\nhost=other");
    expect(
      (await run("git-credential-strongroom", ["get"], "protocol=https\nhost=evil.example\n\n"))
        .stdout,
    ).toBe("");
  },
);

test("docker's protocol is spoken word by word", { timeout: 60_000 }, async () => {
  const { place, run } = await withHelpers();
  const docker = (operation: string, input = ""): Promise<Said> =>
    run("docker-credential-strongroom", [operation], input);
  const url = "https://index.docker.io/v1/";
  expect(await docker("get", `${url}\n`)).toMatchObject({
    status: 1,
    stdout: "credentials not found in native keychain\n",
  });
  expect(
    await docker("store", JSON.stringify({ ServerURL: url, Username: "<token>", Secret: "s" })),
  ).toMatchObject({ status: 0, stdout: "" });
  const got = await docker("get", `${url}\n`);
  expect(JSON.parse(got.stdout)).toEqual({ ServerURL: url, Username: "<token>", Secret: "s" });
  // A name that somebody else made is none of docker's, and in nobody's way.
  await place.cli(["set", "docker/%zz"], JSON.stringify({ username: "u", secret: "s" }));
  expect(JSON.parse((await docker("list")).stdout)).toEqual({ [url]: "<token>" });
  expect(await docker("store", JSON.stringify({ Username: "u", Secret: "s" }))).toMatchObject({
    status: 1,
    stdout: "no credentials server URL\n",
  });
  expect(await docker("store", JSON.stringify({ ServerURL: url, Secret: "s" }))).toMatchObject({
    status: 1,
    stdout: "no credentials username\n",
  });
  expect(await docker("erase", `${url}\n`)).toMatchObject({ status: 0 });
  expect((await docker("get", url)).stdout).toBe("credentials not found in native keychain\n");
  expect(JSON.parse((await docker("list")).stdout)).toEqual({});
  expect((await docker("other")).status).toBe(1);
});

test(
  "AWS and kubectl get what they take, made once however many ask",
  { timeout: 90_000 },
  async () => {
    const { place } = await withHelpers();
    const program = join(place.home, "mint");
    const runs = join(place.home, "runs");
    const ending = new Date(Date.now() + 3_600_000).toISOString();
    const made = JSON.stringify({
      AccessKeyId: "AKIA",
      SecretAccessKey: "s",
      SessionToken: "t",
      Expiration: ending,
    });
    writeFileSync(program, `#!/bin/sh\necho x >> ${runs}\nsleep 0.5\necho '${made}'\n`, {
      mode: 0o755,
    });
    await place.cli(["renewer", "set", "aws/dev", "--every", "1h", "--", program]);
    const all = await Promise.all(
      Array.from({ length: 16 }, () => place.cli(["aws", "process", "dev"])),
    );
    for (const { status, stderr, stdout } of all) {
      expect([status, stderr, JSON.parse(stdout)]).toEqual([
        0,
        "",
        { Version: 1, ...(JSON.parse(made) as object) },
      ]);
    }
    expect(readFileSync(runs, "utf8")).toBe("x\n");
    for (const wrong of [
      "no json",
      "{}",
      JSON.stringify({
        AccessKeyId: "a",
        SecretAccessKey: "sup3r",
        Expiration: "2020-01-01T00:00:00Z",
      }),
    ]) {
      await place.cli(["set", "aws/wrong"], wrong);
      const refused = await place.cli(["aws", "process", "wrong"]);
      expect([refused.status, refused.stdout]).toEqual([2, ""]);
      expect(refused.stderr).not.toContain("sup3r");
    }
    await place.cli(["set", "k8s/dev", "--expires", "2999-01-02T03:04:05Z"], "token-of-dev\n");
    const info = JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      kind: "ExecCredential",
      spec: {},
    });
    const asked = (name: string): ReturnType<typeof place.run> =>
      place.run("env", [
        `KUBERNETES_EXEC_INFO=${info}`,
        process.execPath,
        join(ROOT, "packages/cli/bin/strongroom.js"),
        "kube",
        "exec-credential",
        name,
      ]);
    const credential = await asked("k8s/dev");
    expect(JSON.parse(credential.stdout)).toEqual({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      kind: "ExecCredential",
      status: { token: "token-of-dev", expirationTimestamp: "2999-01-02T03:04:05Z" },
    });
    await place.cli(
      ["oauth", "put", "k8s/oauth"],
      JSON.stringify(oauthCredential("any", { expiresIn: 3600 })),
    );
    expect(JSON.parse((await asked("k8s/oauth")).stdout)).toMatchObject({
      apiVersion: "client.authentication.k8s.io/v1beta1",
      status: { token: "access-0" },
    });
    expect(
      JSON.parse((await place.cli(["token", "k8s/oauth", "--format", "headers"])).stdout),
    ).toEqual({ Authorization: "Bearer access-0" });
  },
);

test("no helper makes a vault, nor does generate", { timeout: 60_000 }, async () => {
  const { place, run } = await withHelpers();
  await place.cli(["daemon", "stop"]);
  for (const name of ["vault", "config", "state"]) {
    rmSync(join(place.home, name), { recursive: true });
  }
  const git = "protocol=https\nhost=git.example\nusername=me\npassword=p\n\n";
  const docker = '{"ServerURL":"https://r.example","Username":"me","Secret":"s"}';
  const ways = [
    run("git-credential-strongroom", ["get"], git),
    run("git-credential-strongroom", ["store"], git),
    run("docker-credential-strongroom", ["get"], "https://r.example"),
    run("docker-credential-strongroom", ["store"], docker),
    place.cli(["generate", "--save", "a"]),
    place.cli(["aws", "process", "dev"]),
    place.cli(["kube", "exec-credential", "a"]),
  ];
  for (const { status, stderr } of await Promise.all(ways)) {
    expect([status, stderr]).toEqual([6, expect.stringContaining("strongroom init")]);
  }
  expect(existsSync(join(place.home, "vault"))).toBe(false);
});
