import { createHash } from "node:crypto";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TOOLS } from "strongroom/src/connect/table.ts";
import { manualOf } from "strongroom/src/help/manual.ts";
import { COMMANDS, findCommand } from "strongroom/src/table.ts";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { credential } from "../support/oauth/credential.ts";
import { long } from "../support/size.ts";
import type { Throwaway } from "../support/throwaway.ts";

interface Called {
  readonly words: string;
  readonly input?: string;
  /** What it ends with where it cannot come to its request here. */
  readonly status?: number;
}

const REFERENCES = "A=strongroom://a\nB=plain\n";

/** Each way of calling each verb: those that begin with a request. */
const ASKING: readonly Called[] = [
  { words: "approval add FILE --sha256 SHA" },
  { words: "approval list" },
  { words: "approval remove FILE" },
  { words: "audit" },
  { words: "audit list --follow" },
  { words: "audit policy --owner strict" },
  { words: "audit verify" },
  { words: "aws process dev" },
  { words: "backup OUT" },
  { words: "check FILE" },
  { words: "clear a --yes" },
  { words: "clock accept" },
  { words: "copy a", status: 18 },
  { words: "delete a" },
  { words: "rm a" },
  { words: "diff a" },
  { words: "edit a", status: 9 },
  { words: "export --format json --out OUT" },
  { words: "generate --save b" },
  { words: "get a" },
  { words: "history a" },
  { words: "import --from dotenv FILE" },
  { words: "inject --out OUT", input: "{{ strongroom://a }}" },
  { words: "key create k --allow get:** --no-expiry" },
  { words: "key list" },
  { words: "key show k" },
  { words: "key update k --no-rate" },
  { words: "key rotate k --overlap 1m" },
  { words: "key revoke k" },
  { words: "key verify s read:/x", input: "CANARY" },
  { words: "key token --ttl 1m" },
  { words: "key jwks" },
  { words: "key require off" },
  { words: "key require on --passphrase-file SECRETFILE" },
  { words: "kube exec-credential a" },
  { words: "list" },
  { words: "ls" },
  { words: "lock" },
  { words: "move a b" },
  { words: "oauth list" },
  { words: "oauth doctor" },
  { words: "oauth adopt a --source-is-retired" },
  { words: "oauth export-refresh a" },
  { words: "oauth login a https://127.0.0.1:1/" },
  { words: "oauth logout a --revoke" },
  {
    words: "oauth put a",
    input: JSON.stringify({
      ...credential("a"),
      registration: {
        ...credential("a").registration,
        clientAuth: "client_secret_post",
        clientSecret: "CANARY",
      },
      tokens: { accessToken: "CANARY", expiresIn: 60, refreshToken: "CANARY" },
    }),
  },
  { words: "oauth remove a" },
  { words: "oauth report a 1" },
  { words: "otp a" },
  { words: "purge a --yes" },
  { words: "recipe add r --env T=strongroom://a -- /bin/true" },
  { words: "recipe list" },
  { words: "recipe remove r" },
  { words: "recipe run r" },
  { words: "recovery new --output OUT" },
  { words: "recovery confirm" },
  { words: "rekey" },
  { words: "renewer set a --every 1h -- /bin/true" },
  { words: "renewer list" },
  { words: "renewer remove a" },
  { words: "restore a --version 1" },
  { words: "set a", input: "CANARY" },
  { words: "slot list" },
  { words: "slot add passphrase --passphrase-file SECRETFILE" },
  { words: "slot remove 0123456789abcdef" },
  { words: "status --quiet" },
  { words: "tag a x" },
  { words: "token a" },
  { words: "unlock --identity KEYFILE" },
  { words: "unlock --never --passphrase-file SECRETFILE" },
  { words: "verify" },
];

/** And those that do more or other than that: they are refused, and do nothing. */
const DOING: readonly Called[] = [
  { words: "completion bash" },
  { words: "config get proxy" },
  { words: "config list" },
  { words: "config set proxy http://127.0.0.1:1" },
  { words: "config unset proxy" },
  ...Object.keys(TOOLS).map((tool) => ({ words: `connect ${tool} a --yes` })),
  { words: "daemon logs" },
  { words: "daemon restart" },
  { words: "daemon run" },
  { words: "daemon start" },
  { words: "daemon status" },
  { words: "daemon stop" },
  { words: "doctor --fix" },
  { words: "export --to toolhive OUT" },
  { words: "generate" },
  { words: "help get" },
  { words: "help exit-codes" },
  { words: "init" },
  { words: "inject --out OUT", input: "no reference" },
  { words: "key socket" },
  { words: "key socket OUT" },
  { words: "mcp" },
  { words: "oauth adopt a --from-mcporter FILE" },
  { words: "oauth feed --to-mcporter FILE" },
  { words: "repair --to OUT" },
  { words: "secret-service" },
  { words: "service install" },
  { words: "service print" },
  { words: "service status" },
  { words: "service uninstall" },
  { words: "restore-backup FILE --to OUT" },
  { words: "run -- touch OUT" },
  { words: "run --env A=a -- touch OUT" },
  { words: "top" },
  { words: "uninstall --secrets --yes" },
  { words: "version" },
  { words: "watch" },
];

/** The first way of each verb, and all that read a secret or connect by themselves. */
function shortlist(): Called[] {
  const seen = new Set<string>();
  return ASKING.filter(({ input, words }) => {
    const [verb = ""] = words.split(" ");
    const isFirst = !seen.has(verb);
    seen.add(verb);
    return isFirst || input !== undefined || /SECRETFILE|KEYFILE| login /u.test(words);
  });
}

const CALLED = long ? ASKING : shortlist();

function tree(folder: string): string[] {
  return readdirSync(folder, { encoding: "utf8", recursive: true })
    .map((name) => {
      const { ino, mtimeNs, size } = statSync(join(folder, name), { bigint: true });
      return `${name} ${ino} ${size} ${mtimeNs}`;
    })
    .toSorted();
}

async function print(
  place: Throwaway,
  { input, words }: Called,
): Promise<{ status: number | null; stderr: string; stdout: string }> {
  const [verb = "", ...rest] = words
    .replace("OUT", join(place.home, "out"))
    .replace("SECRETFILE", join(place.home, "secret"))
    .replace("KEYFILE", join(place.home, "config/keyfile"))
    .replace("FILE", join(place.home, "env"))
    .replace("SHA", createHash("sha256").update(REFERENCES).digest("hex"))
    .split(" ");
  return await place.cli(
    [verb, "--print-rpc", ...rest],
    input?.replaceAll("CANARY", "sup3r-s3cret"),
  );
}

async function inTurns(
  calls: readonly Called[],
  judge: (called: Called) => Promise<void>,
): Promise<void> {
  const waiting = [...calls];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await judge(next);
  };
  await Promise.all([work(), work(), work()]);
}

/** A vault whose daemon is stopped: who sends a request starts one. */
async function closed(): Promise<Throwaway> {
  const place = throwaway();
  await place.cli(["set", "a"], "v");
  await place.cli(["daemon", "stop"]);
  writeFileSync(join(place.home, "env"), REFERENCES);
  writeFileSync(join(place.home, "secret"), "sup3r-s3cret\n", { mode: 0o600 });
  return place;
}

test("every verb, and every part of one, is in one of the two lists", async () => {
  const lists = [...ASKING, ...DOING].map(({ words }) => words.split(" "));
  for (const verb of Object.keys(COMMANDS)) {
    const called = lists.filter(([first]) => first === verb);
    expect([verb, called.length > 0]).toEqual([verb, true]);
    const { operands } = await findCommand(verb);
    const parts = operands
      .split(" | ")
      .flatMap((way) => /^([a-z][a-z-]*)\b/u.exec(way)?.[1] ?? [])
      .filter(() => verb !== "completion");
    for (const part of parts) {
      expect([verb, part, called.some(([, second]) => second === part)]).toEqual([
        verb,
        part,
        true,
      ]);
    }
  }
});

test(
  `a request is printed, without a secret in it, and neither sent nor followed by anything (${CALLED.length} of ${ASKING.length} ways)`,
  { timeout: 120_000 },
  async () => {
    const place = await closed();
    const before = tree(place.home);
    const keyfile = join(place.home, "config/keyfile");
    expect(before.some((line) => keyfile.endsWith(line.split(" ")[0] ?? "-"))).toBe(true);
    const strange: unknown[] = [];
    await inTurns(CALLED, async (called) => {
      const { status, stderr, stdout } = await print(place, called);
      if (status !== 0 && status !== called.status) strange.push([called.words, stderr]);
      expect(`${stdout}${stderr}`).not.toMatch(/sup3r-s3cret|AGE-SECRET-KEY/u);
      if (status === 0) expect(JSON.parse(stdout)).toMatchObject({ jsonrpc: "2.0", id: 1 });
    });
    expect(strange).toEqual([]);
    expect(tree(place.home)).toEqual(before);
  },
);

test(
  "what does more or other than a request is refused, and does nothing",
  { timeout: 120_000 },
  async () => {
    const place = await closed();
    const before = tree(place.home);
    await inTurns(DOING, async (called) => {
      const { status, stderr, stdout } = await print(place, called);
      expect([called.words, status]).toEqual([called.words, 2]);
      expect([called.words, stderr]).toEqual([
        called.words,
        expect.stringContaining("strongroom help "),
      ]);
      expect(stdout.includes("jsonrpc")).toBe(false);
      const [verb = ""] = called.words.split(" ");
      const { options } = manualOf(verb, "", await findCommand(verb));
      const mixed = ["export", "generate", "inject", "key", "oauth"].includes(verb);
      const isPromised = options.some(({ option }) => option === "--print-rpc");
      expect([verb, isPromised]).toEqual([verb, mixed]);
    });
    expect(tree(place.home)).toEqual(before);
  },
);
