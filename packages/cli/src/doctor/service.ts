import type { Client } from "@strongroom/client";
import { shellWord, StrongroomError, VERSION } from "@strongroom/client/protocol";
import type { DaemonRecord, Result } from "@strongroom/client/protocol";
import { attention } from "../attention.ts";
import { openClient } from "../open.ts";
import { proveIfAsked } from "../prove.ts";
import { procStat } from "../proc-stat.ts";
import { checkAudit } from "./audit.ts";
import { note, ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";
import { checkKeys } from "./keys.ts";
import { checkOAuth } from "./oauth.ts";
import { isRecorded } from "./record.ts";
import { checkRenewers } from "./renewers.ts";
import type { Scene } from "./scene.ts";

type Status = Result<"vault/status">;

/** What the daemon says of itself, if one runs; none is started. */
export async function checkService({ home, record }: Scene): Promise<Finding[]> {
  let client: Client | undefined;
  try {
    client = await openClient({ values: {} }, { autostart: false });
    const status = await client.status({ detail: true });
    if (!("pid" in status)) return [keysView(status)];
    // Whoever has said where their passphrase is may be shown more.
    if (process.env["STRONGROOM_PASSPHRASE_FILE"] !== undefined) {
      await proveIfAsked(client, {}).catch(() => false);
    }
    return [
      ok("daemon", `process ${status.pid} at ${status.endpoint}`),
      ...judge(status, await mend(client, status)),
      ...markFindings(status, home),
      ...versions(status),
      ...foresight(status),
      ...(await checkAudit(client, status)),
      ...(await checkKeys(client, status)),
      ...(await checkOAuth(client, status)),
      ...(await checkRenewers(client, status)),
    ];
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
    const finding = unanswered(error, record);
    return error.code === "NOT_FOUND" ? [finding] : [finding, UNFORESEEN];
  } finally {
    client?.close();
  }
}

/** An API key is told the state, and nothing that could be judged. */
function keysView({ state }: Pick<Status, "state">): Finding {
  const message = `a daemon serves the vault (${state}), and tells an API key no more`;
  return note("daemon", message, "unset STRONGROOM_API_KEY STRONGROOM_API_KEY_FILE");
}

/** Only who has the vault open knows its slots. */
const UNFORESEEN = note(
  "recovery",
  "whether a recovery key and a young backup are there is not known while no daemon serves",
  "strongroom daemon start; strongroom doctor",
);

/** What a loss would meet; it is no fault of the vault, so a note. */
function foresight(status: Status): Finding[] {
  if (status.slots === null) return [];
  const open = attention(status, Date.now());
  if (open.length === 0) return [ok("recovery", "a recovery key and a young backup")];
  return open.map(({ message, next }) => note("recovery", message, next));
}

/** Why nobody answered, and what goes on from there. */
function unanswered(error: StrongroomError, record: DaemonRecord | undefined): Finding {
  const { code, message, hint = "strongroom daemon start" } = error;
  const nobody = code === "UNAVAILABLE" && hint.startsWith("start one");
  if (record !== undefined && isRecorded(record) && (nobody || code === "TIMEOUT")) {
    const { pid, endpoint } = record;
    if (procStat(pid)?.state === "T") {
      return problem(
        "daemon",
        `process ${pid} is stopped and answers nothing`,
        `kill -CONT ${pid}`,
      );
    }
    if (nobody) {
      const gone = `process ${pid} runs, but nobody listens at ${endpoint}: it does so anew within seconds`;
      return problem("daemon", gone, `kill -HUP ${pid}; strongroom doctor`);
    }
  }
  const harmless = code === "NOT_FOUND" || nobody;
  return harmless ? note("daemon", message, hint) : problem("daemon", `${code}: ${message}`, hint);
}

/** An upgrade under a daemon that runs changes nothing for it. */
function versions({ version }: Status): Finding[] {
  if (version === VERSION) return [ok("version", version)];
  const message = `the daemon is version ${version}, this command ${VERSION}`;
  return [note("version", message, "strongroom daemon restart")];
}

/** What goes on from a state in which no method is served: its own refusal says it. */
async function mend(client: Client, { state }: Status): Promise<string> {
  const general = "strongroom daemon logs; strongroom daemon restart";
  if (state !== "failed") return general;
  try {
    await client.read([]);
  } catch (error) {
    if (error instanceof StrongroomError) return error.hint ?? general;
  }
  return general;
}

function stateFinding(state: Status["state"], why: string, next: string): Finding {
  if (state === "locked") return note("state", `locked${why}`, "strongroom unlock");
  const fine = state === "open" || state === "opening";
  return fine ? ok("state", state) : problem("state", `${state}${why}`, next);
}

function markFindings({ detail }: Status, { state }: Scene["home"]): Finding[] {
  if (detail === undefined) return [];
  const { mark } = detail;
  if (mark === "missing") {
    return [note("mark", "the high-water mark was missing and is written anew")];
  }
  if (mark !== "unwritable") return [ok("mark", mark ?? "not known")];
  const message = `the high-water mark cannot be written in ${state}: an older copy of the vault would not be told from it`;
  return [problem("mark", message, `ls -la ${shellWord(state)}; strongroom daemon restart`)];
}

function judge({ state, reason, detail }: Status, next: string): Finding[] {
  const why = reason === undefined ? "" : `: ${reason}`;
  const findings = [stateFinding(state, why, next)];
  if (detail === undefined) return findings;
  const { lock, tornFrames, lastExit } = detail;
  findings.push(
    /flock|exlock|lock file/i.test(lock)
      ? ok("lock", lock)
      : note(
          "lock",
          `${lock}: no kernel lock is to be had here`,
          "keep the vault on a local disk, with flock installed",
        ),
  );
  if ((tornFrames ?? 0) > 0) {
    findings.push(note("journal", `${String(tornFrames)} torn frames at its end were left out`));
  }
  if (lastExit !== null) findings.push(note("last exit", lastExit));
  return findings;
}
