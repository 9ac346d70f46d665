import { StrongroomError } from "@strongroom/client/protocol";
import type { SecretValue } from "@strongroom/client/protocol";
import type { Caller, Command } from "../command.ts";
import { isOneLine } from "../helpers/fields.ts";
import { textOf } from "../helpers/text.ts";
import { isObject } from "../imports/source-file.ts";
import { toJson, writeData } from "../output.ts";

const USUAL = "client.authentication.k8s.io/v1";
/** What ends later has no time in RFC 3339. */
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);
const VERSIONS = [USUAL, "client.authentication.k8s.io/v1beta1"];

/** `kube exec-credential NAME`: what kubectl takes of an exec plugin. */
export const kube: Command = {
  operands: "exec-credential NAME",
  arity: [2, 2],
  takes: "secret",
  options: {},
  patience: "35s",
  examples: ["strongroom kube exec-credential k8s/dev"],
  notes: [
    "NAME is an OAuth credential, whose access token it prints with the time that it ends, or a secret",
    "with a token. The version of the answer is that of the question (KUBERNETES_EXEC_INFO).",
  ],
  async run({ caller, positionals: [part, name = ""] }) {
    if (part !== "exec-credential") {
      throw new StrongroomError("INVALID", "kube: that is not exec-credential", {
        hint: "strongroom kube exec-credential NAME",
      });
    }
    const apiVersion = versionAsked(process.env["KUBERNETES_EXEC_INFO"]);
    const status = await statusOf(caller, name);
    writeData(`${toJson({ apiVersion, kind: "ExecCredential", status })}\n`);
    return 0;
  },
};

async function statusOf(caller: Caller, name: string): Promise<object> {
  const secret = await secretOf(caller, name);
  if (secret !== undefined) {
    return { token: tokenIn(secret), ...ending(secret.metadata.expiresAt) };
  }
  const { accessToken, expiresAt } = await caller.call("oauth/token", { name, minTtl: 60 });
  return { token: accessToken, ...ending(expiresAt) };
}

/** Undefined where it is an OAuth credential. */
async function secretOf(caller: Caller, name: string): Promise<SecretValue | undefined> {
  try {
    return await caller.call("secret/get", { name });
  } catch (error) {
    const isCredential = error instanceof StrongroomError && error.code === "INVALID";
    if (isCredential) return undefined;
    throw error;
  }
}

function tokenIn(secret: SecretValue): string {
  const token = textOf(secret)?.trim() ?? "";
  // kubectl sends it in a header.
  if (token !== "" && isOneLine(token)) return token;
  throw new StrongroomError("INVALID", "the secret is no token: one is a line of text in UTF-8", {
    hint: "store the token itself: strongroom set NAME",
  });
}

/** RFC 3339, in whole seconds. */
function ending(at: number | undefined): { readonly expirationTimestamp?: string } {
  return at === undefined || at > LAST_TIME
    ? {}
    : { expirationTimestamp: new Date(at).toISOString().replace(/\.\d+Z$/u, "Z") };
}

function versionAsked(info: string | undefined): string {
  if (info === undefined) return USUAL;
  let asked: unknown;
  try {
    asked = JSON.parse(info);
  } catch {
    asked = undefined;
  }
  const version = isObject(asked) ? asked["apiVersion"] : undefined;
  const found = VERSIONS.find((each) => each === version);
  if (found !== undefined) return found;
  throw new StrongroomError(
    "UNSUPPORTED_FORMAT",
    "kubectl asks in a version that is not known here",
    {
      hint: `use apiVersion: ${USUAL} in the kubeconfig`,
    },
  );
}
