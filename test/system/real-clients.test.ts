import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missing, workbench } from "../support/connected-tools.ts";
import type { Workbench } from "../support/connected-tools.ts";
import { serveLoopback } from "../support/loopback.ts";
import { rounds } from "../support/processes.ts";

const noGit = missing("git", "--version");
const noDocker = missing("docker", "--version");
const noBotocore = missing("python3", "-c", "import botocore.session");
const noAws = missing("aws", "--version");
const noKubectl = missing("kubectl", "version", "--client") || missing("openssl", "version");

/** Runs the command line, which has to succeed. */
async function done({ run }: Workbench, args: readonly string[], input = ""): Promise<string> {
  const { status, stderr, stdout } = await run("strongroom", args, input);
  expect([args, status, status === 0 ? "" : stderr]).toEqual([args, 0, ""]);
  return stdout;
}

test(
  `git asks the vault once it is connected, and not any more afterwards${noGit}`,
  {
    timeout: 60_000,
  },
  async () => {
    if (noGit !== "") return;
    const bench = await workbench();
    const git = (args: readonly string[], input = ""): ReturnType<typeof bench.run> =>
      bench.run("git", args, input, { GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" });
    const seen: string[] = [];
    const port = await serveLoopback(({ headers: { authorization } }, response) => {
      if (authorization !== undefined) seen.push(authorization);
      response.writeHead(401, { "www-authenticate": "Basic" }).end();
    });
    const url = `http://127.0.0.1:${port}`;
    await done(bench, ["connect", "git", url, "--yes"]);
    const asked = `protocol=http\nhost=127.0.0.1:${port}\n`;
    await git(["credential", "approve"], `${asked}username=me\npassword=sup3r\n`);
    expect((await done(bench, ["list"])).trim()).toBe(`git/http/127.0.0.1:${port}/@me`);
    await git(["ls-remote", `${url}/repository`]);
    expect(seen).toEqual([`Basic ${Buffer.from("me:sup3r").toString("base64")}`]);
    // The server took it for wrong, and so git took it out again.
    expect(await done(bench, ["list"])).toBe("");
    await done(bench, ["connect", "git", "--undo", "--yes"]);
    await git(["credential", "approve"], `${asked}username=me\npassword=sup3r\n`);
    expect(await done(bench, ["list"])).toBe("");
  },
);

test(
  `docker logs in, and keeps nothing in its own file${noDocker}`,
  {
    timeout: 60_000,
  },
  async () => {
    if (noDocker !== "") return;
    const bench = await workbench();
    const right = `Basic ${Buffer.from("me:sup3r").toString("base64")}`;
    const paths: (string | undefined)[] = [];
    const port = await serveLoopback(({ headers: { authorization }, url }, response) => {
      const isRight = authorization === right;
      if (isRight) paths.push(url);
      response.writeHead(isRight ? 200 : 401, { "www-authenticate": 'Basic realm="r"' }).end("{}");
    });
    const registry = `127.0.0.1:${port}`;
    const docker = (args: readonly string[], input = ""): ReturnType<typeof bench.run> =>
      bench.run("docker", args, input, { DOCKER_HOST: "unix:///nowhere" });
    const login = ["login", registry, "-u", "me", "--password-stdin"];
    await done(bench, ["connect", "docker", registry, "--yes"]);
    expect((await docker(login, "wrong")).status).not.toBe(0);
    expect(await done(bench, ["list"])).toBe("");
    const { status, stderr } = await docker(login, "sup3r");
    expect([status, stderr.includes("unencrypted")]).toEqual([0, false]);
    const name = `docker/${encodeURIComponent(registry)}`;
    expect(JSON.parse(await done(bench, ["get", name]))).toEqual({
      username: "me",
      secret: "sup3r",
    });
    const config = readFileSync(join(bench.place.home, ".docker/config.json"), "utf8");
    expect(config).not.toContain(Buffer.from("me:sup3r").toString("base64"));
    await docker(["manifest", "inspect", "--insecure", `${registry}/image:1`]);
    expect(paths).toContain("/v2/image/manifests/1");
    expect((await docker(["logout", registry])).status).toBe(0);
    expect(await done(bench, ["list"])).toBe("");
    // docker has written its file anew meanwhile; ours is taken out of it all the same.
    await done(bench, ["connect", "docker", "--undo", "--yes"]);
    const left = JSON.parse(
      readFileSync(join(bench.place.home, ".docker/config.json"), "utf8"),
    ) as {
      credHelpers?: object;
    };
    expect(left.credHelpers ?? {}).toEqual({});
  },
);

const BOTOCORE = `
import sys, threading, botocore.session
found, begin = [], threading.Barrier(int(sys.argv[1]))
def ask():
    session = botocore.session.Session(profile="dev")
    begin.wait()
    c = session.get_credentials().get_frozen_credentials()
    found.append((c.access_key, c.secret_key, c.token))
threads = [threading.Thread(target=ask) for _ in range(int(sys.argv[1]))]
[t.start() for t in threads]
[t.join() for t in threads]
print(len(found), len(set(found)), found[0])
`;

const IDENTITY =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>";

test(
  `however many sessions of AWS ask, the renewer runs once${noBotocore}${noAws}`,
  {
    timeout: 120_000,
  },
  async () => {
    const bench = await workbench();
    const { home } = bench.place;
    const made = {
      AccessKeyId: "AKIA",
      SecretAccessKey: "s",
      SessionToken: "t",
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const program = join(home, "mint");
    const text = `#!/bin/sh\necho x >> ${home}/runs\nsleep 0.3\necho '${JSON.stringify(made)}'\n`;
    writeFileSync(program, text, { mode: 0o755 });
    await done(bench, ["renewer", "set", "aws/dev", "--every", "1h", "--", program]);
    await done(bench, ["connect", "aws", "dev", "--yes"]);
    const most = rounds("sessions of AWS at once", 8, 64);
    const theirs = { AWS_EC2_METADATA_DISABLED: "true" };
    if (noBotocore === "") {
      const { status, stderr, stdout } = await bench.run(
        "python3",
        ["-c", BOTOCORE, String(most)],
        "",
        theirs,
      );
      expect([status, stderr, stdout]).toEqual([0, "", `${most} 1 ('AKIA', 's', 't')\n`]);
    }
    if (noAws === "") {
      const shown: string[] = [];
      const port = await serveLoopback(({ headers }, response) => {
        shown.push(`${headers.authorization} ${String(headers["x-amz-security-token"])}`);
        response.end(IDENTITY);
      });
      const endpoint = ["--endpoint-url", `http://127.0.0.1:${port}`, "--region", "x"];
      const asked = [...endpoint, "--profile", "dev", "sts", "get-caller-identity"];
      const { status, stderr } = await bench.run("aws", asked, "", theirs);
      expect([status, shown.length, status === 0 ? "" : stderr]).toEqual([0, 1, ""]);
      expect(shown[0]).toMatch(/Credential=AKIA\/.* t$/u);
    }
    if (noBotocore === "" || noAws === "") {
      expect(readFileSync(join(home, "runs"), "utf8")).toBe("x\n");
    }
  },
);

test(
  `kubectl shows the server the token, a new one when that is refused${noKubectl}`,
  {
    timeout: 60_000,
  },
  async () => {
    if (noKubectl !== "") return;
    const bench = await workbench();
    const { home } = bench.place;
    const [key, cert] = [join(home, "key.pem"), join(home, "cert.pem")];
    const made =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1";
    spawnSync("openssl", [...made.split(" "), "-keyout", key, "-out", cert]);
    const seen = new Set<string>();
    const tls = { key: readFileSync(key), cert: readFileSync(cert) };
    const port = await serveLoopback(({ headers: { authorization } }, response) => {
      // Some versions look first which one the server is, as nobody.
      if (authorization !== undefined) seen.add(authorization);
      const isRight = authorization === "Bearer second";
      response.writeHead(isRight ? 200 : 401, { "content-type": "application/json" });
      response.end(isRight ? '{"major":"1"}' : "{}");
    }, tls);
    const config = join(home, ".kube/config");
    mkdirSync(join(home, ".kube"));
    const before = `apiVersion: v1
kind: Config
# the only one
clusters:
- name: here
  cluster:
    server: https://127.0.0.1:${port}
    certificate-authority: ${cert}
contexts:
- name: here
  context: {cluster: here, user: dev}
current-context: here
`.replace("context: {cluster: here, user: dev}", "context:\n    cluster: here\n    user: dev");
    writeFileSync(config, before);
    await done(bench, ["set", "k8s/dev"], "first");
    await done(bench, ["connect", "kubectl", "dev", "k8s/dev", "--yes"]);
    const refused = await bench.run("kubectl", ["get", "--raw", "/version"]);
    expect([refused.status, seen]).toEqual([1, new Set(["Bearer first"])]);
    await done(bench, ["set", "k8s/dev"], "second");
    const answered = await bench.run("kubectl", ["get", "--raw", "/version"]);
    expect([answered.status, answered.stdout, answered.stderr]).toEqual([0, '{"major":"1"}', ""]);
    // kubectl writes its file anew, in its own way.
    await bench.run("kubectl", ["config", "set-cluster", "other", "--server", "https://o.example"]);
    expect(readFileSync(config, "utf8")).not.toContain("# the only one");
    expect(await done(bench, ["connect", "kubectl", "dev", "k8s/dev", "--yes"])).toBe("");
    await done(bench, ["connect", "kubectl", "dev", "--undo", "--yes"]);
    const left = readFileSync(config, "utf8");
    expect([left.includes("strongroom"), left.includes("o.example")]).toEqual([false, true]);
    expect((await bench.run("kubectl", ["config", "view"])).status).toBe(0);
    expect(existsSync(`${config}.lock`)).toBe(false);
  },
);
