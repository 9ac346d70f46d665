import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median } from "../support/numbers.mjs";
import { figure } from "../support/rounds.mjs";
import { CLI, startVault } from "../support/vault.mjs";
import { timeNode } from "../support/whole-process.mjs";

const PAIRS = 6;
const ASKED = "protocol=https\nhost=git.example\n";
const AWS = '{"AccessKeyId":"A","SecretAccessKey":"s"}';

const bin = (name) => fileURLToPath(new URL(`../../packages/cli/bin/${name}.js`, import.meta.url));

/** What each helper of another program costs over Node itself. */
const HELPERS = [
  {
    id: "git-get",
    what: "`git-credential-strongroom get`, whole process",
    args: [bin("git-credential-strongroom"), "get"],
    input: ASKED,
    printed: "username=me\npassword=the password\n",
  },
  {
    id: "docker-get",
    what: "`docker-credential-strongroom get`, whole process",
    args: [bin("docker-credential-strongroom"), "get"],
    input: "registry.example",
    printed: '{"ServerURL":"registry.example","Username":"u","Secret":"s"}\n',
  },
  {
    id: "aws-process",
    what: "`strongroom aws process`, whole process",
    args: [CLI, "aws", "process", "dev"],
    input: "",
    printed: '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}\n',
  },
  {
    id: "kube-exec",
    what: "`strongroom kube exec-credential`, whole process",
    args: [CLI, "kube", "exec-credential", "k8s/dev"],
    input: "",
    printed:
      '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}\n',
  },
];

/** What the helpers cost over Node itself, each beside it in the same rounds. */
export const helpers = {
  name: "helpers",
  about: "the helpers of git, docker, AWS and kubectl over `node -e 0`",
  async run({ world, size, progress, late }) {
    const vault = await startVault(world);
    await vault.client.set("git/https/git.example/@me", "the password");
    await vault.client.set("docker/registry.example", '{"username":"u","secret":"s"}');
    await vault.client.set("aws/dev", AWS);
    await vault.client.set("k8s/dev", "t");
    const env = { ...world.env, STRONGROOM_HOME: vault.home };
    const rounds = size(9, 4);
    const results = HELPERS.map(() => ({ ours: [], floor: [] }));
    for (let round = 0; round <= rounds; round += 1) {
      if (round > 1 && late()) break;
      if (round > 0) progress(`round ${round} of ${rounds}`);
      for (const [at, helper] of HELPERS.entries()) {
        const bare = [];
        const whole = [];
        for (let pair = 0; pair < PAIRS; pair += 1) {
          bare.push(timeNode(["-e", "0"], env));
          whole.push(timeHelper(helper, env));
        }
        // The first round only warms up.
        if (round === 0) continue;
        results[at].floor.push(median(bare));
        results[at].ours.push(median(whole));
      }
    }
    await vault.stop();
    return HELPERS.map(({ id, what }, at) =>
      figure({
        ...results[at],
        id,
        what,
        beside: "`node -e 0`",
        unit: "ms",
        kind: "difference",
        better: "less",
        aim: 4,
        accepted: 7,
        note: `a round is the medians of ${PAIRS} alternating pairs; NODE_* unset`,
      }),
    );
  },
};

function timeHelper({ args, input, printed }, env) {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    env,
    input,
    encoding: "utf8",
  });
  const took = performance.now() - begin;
  if (status === 0 && stdout === printed) return took;
  throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
}
