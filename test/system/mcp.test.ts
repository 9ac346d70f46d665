import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { credential } from "../support/oauth/credential.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Throwaway } from "../support/throwaway.ts";

const LAUNCHER = join(ROOT, "packages/cli/bin/strongroom.js");
const CANARIES = [
  "CANARY-ci-token-1",
  "CANARY-ci-other-2",
  "CANARY-prod-key-3",
  "CANARY-bytes-4",
  "CANARY-line",
] as const;

async function prepared(): Promise<Throwaway> {
  const place = throwaway();
  await place.cli(["set", "ci/token", "--note", "for CI"], CANARIES[0]);
  await place.cli(["set", "ci/json"], JSON.stringify({ a: CANARIES[1] }));
  await place.cli(["set", "ci/short"], "1234");
  await place.cli(["set", "ci/bytes"], `${CANARIES[3]}\0more`);
  await place.cli(["set", "prod/key"], CANARIES[2]);
  await place.cli(
    ["oauth", "put", "ci/oauth"],
    JSON.stringify(credential("any", { expiresIn: 3600 })),
  );
  const spill =
    'printf "%s %s " "$T" "$1"; printf %s "$T" | base64; printf %s "$J" | od -An -tx1 | tr -d " \\n"; exit 3';
  const add = (name: string, env: readonly string[], ...argv: string[]): Promise<unknown> =>
    place.cli([
      "recipe",
      "add",
      name,
      ...env.flatMap((each) => ["--env", each]),
      "--folder",
      "/",
      "--",
      ...argv,
    ]);
  await add("spill", ["T=ci/token", "J=ci/json#a"], "sh", "-c", spill, "sh", "{what:text}");
  await add("pin", ["P=ci/short"], "sh", "-c", "echo $P");
  await place.cli(["set", "ci/padded", "--raw"], "4321\r\n");
  await add("padded", ["P=ci/padded"], "sh", "-c", "echo $P");
  await place.cli(["set", "ci/lines"], "deploy\nCANARY-line\n");
  await add("lines", ["L=ci/lines"], "sh", "-c", 'echo "$L" | tail -1');
  await add("bytes", ["B=ci/bytes"], "true");
  await add("prod", ["P=prod/key"], "sh", "-c", "echo $P");
  await add("env", ["T=ci/token"], "env");
  await add("flood", ["T=ci/token"], "sh", "-c", 'while :; do echo "$T"; done | head -c 300000');
  return place;
}

async function connected(place: Throwaway): Promise<{ client: Client; answers: string[] }> {
  const made = await place.cli([
    "key",
    "create",
    "agent",
    "--allow",
    "list,get,history:ci/**",
    "--no-expiry",
  ]);
  const env = { PATH: process.env["PATH"] ?? "", HOME: place.home, STRONGROOM_HOME: place.home };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ["--", LAUNCHER, "mcp"],
    env: { ...env, STRONGROOM_API_KEY: made.stdout.trim() },
    stderr: "ignore",
  });
  const client = new Client({ name: "tester", version: "1" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, answers: [made.stdout.trim()] };
}

type Arguments = { [name: string]: unknown };

test(
  "an agent lists, describes and runs, and no answer holds a value",
  { timeout: 90_000 },
  async () => {
    const place = await prepared();
    const { client, answers } = await connected(place);
    const key = answers.pop() ?? "";
    const call = async (
      name: string,
      args: Arguments,
    ): Promise<{ text: string; isError: boolean }> => {
      try {
        const result = await client.callTool({ name, arguments: args });
        answers.push(JSON.stringify(result));
        const [part] = result.content as { text?: string }[];
        return { text: part?.text ?? "", isError: result.isError === true };
      } catch (error) {
        answers.push(String(error));
        return { text: String(error), isError: true };
      }
    };
    const { tools } = await client.listTools();
    answers.push(JSON.stringify(tools));
    expect(tools.map(({ name }) => name).toSorted()).toEqual([
      "describe_secret",
      "list_secrets",
      "run_recipe",
    ]);
    expect(JSON.stringify(tools)).toContain("spill(what: text)");
    expect(JSON.stringify(tools)).not.toContain("prod");
    const listed = await call("list_secrets", {});
    expect(listed.text).toContain("ci/token");
    expect(listed.text).not.toContain("prod/key");
    expect((await call("describe_secret", { name: "ci/token" })).text).toContain("for CI");
    const ran = await call("run_recipe", { recipe: "spill", arguments: { what: "hello" } });
    expect(JSON.parse(ran.text)).toMatchObject({ status: 3, errors: "" });
    expect(ran.text).toContain("<concealed> hello <concealed>");
    const flood = JSON.parse((await call("run_recipe", { recipe: "flood" })).text) as Arguments;
    expect(flood).toMatchObject({ isCut: true });
    expect((await call("run_recipe", { recipe: "env" })).text).not.toContain("STRONGROOM_API_KEY");
    for (const recipe of ["pin", "padded"]) {
      const short = await call("run_recipe", { recipe });
      expect([short.isError, short.text]).toEqual([
        true,
        expect.stringContaining("cannot be concealed"),
      ]);
    }
    const line = await call("run_recipe", { recipe: "lines" });
    expect([line.isError, line.text]).toEqual([false, expect.stringContaining("<concealed>")]);
    const bytes = await call("run_recipe", { recipe: "bytes" });
    expect([bytes.isError, bytes.text]).toEqual([
      true,
      "INVALID: B: the value is no text that a variable can hold",
    ]);
    const hostile: readonly [string, Arguments][] = [
      ["run_recipe", { recipe: "prod" }],
      ["run_recipe", { recipe: "spill" }],
      ["run_recipe", { recipe: "spill", arguments: { what: "-c" } }],
      ["run_recipe", { recipe: "spill", arguments: { what: "a\nb" } }],
      ["run_recipe", { recipe: "spill", arguments: { what: "$T", more: "x" } }],
      ["run_recipe", { recipe: "spill", arguments: { __proto__: "x" } }],
      ["run_recipe", { recipe: "__proto__" }],
      ["run_recipe", { recipe: ["spill"] }],
      ["run_recipe", { recipe: "spill", arguments: "what=x" }],
      ["run_recipe", { recipe: "spill", folder: "/tmp" }],
      ["run_recipe", {}],
      ["describe_secret", { name: "prod/key" }],
      ["describe_secret", { name: "*" }],
      ["describe_secret", { name: "ci/token", reveal: true }],
      ["describe_secret", { name: "x".repeat(10_000) }],
      ["describe_secret", { name: "\u0000" }],
      ["list_secrets", { pattern: "*".repeat(50) }],
      ["list_secrets", { pattern: 7 }],
      ["get_secret", { name: "ci/token" }],
      ["secret/get", { name: "ci/token" }],
    ];
    for (const [name, args] of hostile) {
      expect([name, args, (await call(name, args)).isError]).toEqual([name, args, true]);
    }
    const dollar = await call("run_recipe", {
      recipe: "spill",
      arguments: { what: "$T `id` $(env)" },
    });
    expect(dollar.text).toContain("$T `id` $(env)");
    expect((await client.listTools()).tools).toHaveLength(3);
    const all = answers.join("\n");
    for (const canary of [...CANARIES, "1234", key, "access-0"]) {
      for (const form of ["utf8", "base64", "hex"] as const) {
        const text = Buffer.from(canary).toString(form).replaceAll("=", "");
        expect([canary, form, all.includes(text)]).toEqual([canary, form, false]);
      }
    }
    console.log(`${answers.length} answers, ${all.length} bytes: 0 values`);
  },
);

test(
  "a key that is revoked ends what an agent may, and without one nothing is served",
  { timeout: 60_000 },
  async () => {
    const place = await prepared();
    const none = await place.cli(["mcp"]);
    expect([none.status, none.stdout]).toEqual([4, ""]);
    expect(none.stderr).toContain("strongroom key create agent");
    const { client } = await connected(place);
    await place.cli(["key", "revoke", "agent"]);
    const result = await client.callTool({ name: "list_secrets", arguments: {} });
    expect(result.isError).toBe(true);
  },
);

test(
  "a recipe runs the file that was looked at, and no other that takes its place",
  { timeout: 60_000 },
  async () => {
    const place = await prepared();
    const program = join(place.home, "deploy");
    writeFileSync(program, "#!/bin/sh\necho deployed\n", { mode: 0o755 });
    const add = ["recipe", "add", "deploy", "--env", "T=strongroom://ci/token", "--", program];
    expect((await place.cli(add)).stderr).toContain("as it is now");
    const { client } = await connected(place);
    const call = async (): Promise<{ text: string }> => {
      const answer = await client.callTool({ name: "run_recipe", arguments: { recipe: "deploy" } });
      return (answer.content as { text: string }[])[0] ?? { text: "" };
    };
    expect((await call()).text).toContain("deployed");
    writeFileSync(program, '#!/bin/sh\nprintf %s "$T" | rev\n', { mode: 0o755 });
    expect((await call()).text).toMatch(/^DENIED: .*has changed/u);
    const ran = await place.cli(["recipe", "run", "deploy"]);
    expect([ran.status, ran.stdout]).toEqual([4, ""]);
    unlinkSync(program);
    expect((await call()).text).toMatch(/^DENIED: .*has changed/u);
    writeFileSync(program, "#!/bin/sh\necho deployed\n", { mode: 0o755 });
    expect((await call()).text).toContain("deployed");
  },
);

test(
  "an answer does not wait for what a recipe's program leaves running elsewhere",
  { timeout: 30_000 },
  async () => {
    const place = await prepared();
    // It has left the group before the program ends, which ends all that is in it.
    const leaves =
      "setsid sh -c 'echo $$ > left; exec sleep 400' & until test -s left; do sleep 0.01; done; echo started";
    const shell = ["--folder", place.home, "--", "sh", "-c", leaves];
    await place.cli(["recipe", "add", "bg", "--env", "T=strongroom://ci/token", ...shell]);
    const { client } = await connected(place);
    const answer = await client.callTool({ name: "run_recipe", arguments: { recipe: "bg" } });
    expect(JSON.stringify(answer.content)).toContain("started");
    const left = join(place.home, "left");
    process.kill(Number(readFileSync(left, "utf8")), "SIGKILL");
  },
);

test(
  "a recipe is laid down, listed, run with its status and taken away",
  { timeout: 60_000 },
  async () => {
    const place = await prepared();
    const listed = await place.cli(["recipe", "list"]);
    expect(listed.stdout).toMatch(/^env +T=strongroom:\/\/ci\/token +\/usr\/bin\/env$/mu);
    const ran = await place.cli(["recipe", "run", "spill", "what=x y"]);
    expect([ran.status, ran.stdout]).toEqual([3, expect.stringContaining("<concealed> x y ")]);
    expect((await place.cli(["recipe", "run", "spill"])).status).toBe(2);
    expect((await place.cli(["recipe", "run", "none"])).status).toBe(6);
    expect((await place.cli(["recipe", "remove", "env"])).status).toBe(0);
    expect((await place.cli(["recipe", "run", "env"])).status).toBe(6);
    for (const wrong of [
      ["add", "x"],
      ["add", "X", "--", "true"],
      ["add", "x", "--", "no-such"],
      ["add", "x", "--", "true", "{a:b}"],
      ["other"],
    ]) {
      expect([wrong, (await place.cli(["recipe", ...wrong])).status]).toEqual([wrong, 2]);
    }
  },
);
