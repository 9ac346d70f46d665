// What mcporter's own library does with its vault, as far as its file and its server see it: reads
// the file under its lock, redeems a refresh token that it finds with a token that ends within a
// minute, under the lock of that refresh, and uses the access token.
//   node mcporter-standin.mjs FILE ISSUER CLIENT_ID; a line of JSON for each use, until stdin ends
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const [file, issuer, clientId] = process.argv.slice(2);
const SKEW_MS = 60_000;
const folder = join(dirname(file), "refresh-locks");
mkdirSync(folder, { recursive: true });

async function under(lock, work) {
  const mine = `${process.pid}\n${new Date().toISOString()}\n`;
  for (;;) {
    try {
      writeFileSync(lock, mine, { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      if (isStale(lock)) rmSync(lock, { force: true });
      else await pause(5);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock);
  }
}

function isStale(lock) {
  try {
    const pid = Number.parseInt(readFileSync(lock, "utf8"), 10);
    if (Number.isNaN(pid)) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

const read = () => under(`${file}.lock`, () => JSON.parse(readFileSync(file, "utf8")));

const save = (key, tokens) =>
  under(`${file}.lock`, () => {
    const whole = JSON.parse(readFileSync(file, "utf8"));
    whole.entries[key] = { ...whole.entries[key], tokens, updatedAt: new Date().toISOString() };
    const fresh = `${file}.${randomUUID()}.tmp`;
    writeFileSync(fresh, JSON.stringify(whole, undefined, 2), { flag: "wx", mode: 0o600 });
    renameSync(fresh, file);
  });

const mustRedeem = ({ refresh_token: refresh, expires_at: at }) =>
  refresh !== undefined && at * 1000 - SKEW_MS <= Date.now();

async function tokensOf(key) {
  const { tokens } = (await read()).entries[key];
  if (!mustRedeem(tokens)) return { tokens, redeemed: false };
  return await under(join(folder, `${key.split("|")[0]}-0.lock`), async () => {
    const { tokens: again } = (await read()).entries[key];
    if (!mustRedeem(again)) return { tokens: again, redeemed: false };
    const answer = await fetch(`${issuer}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: again.refresh_token,
        client_id: clientId,
      }),
    });
    const got = await answer.json();
    if (!answer.ok) return { tokens: again, redeemed: true };
    const next = {
      ...again,
      access_token: got.access_token,
      refresh_token: got.refresh_token ?? again.refresh_token,
      expires_in: got.expires_in,
      expires_at: Math.floor(Date.now() / 1000) + got.expires_in,
      __mcporter_generation: randomUUID(),
    };
    await save(key, next);
    return { tokens: next, redeemed: true };
  });
}

let isEnding = false;
process.stdin.on("end", () => (isEnding = true)).resume();
const keys = Object.keys((await read()).entries).filter((key) => !key.startsWith("bare"));

async function useAgainAndAgain(key) {
  while (!isEnding) {
    const at = Date.now();
    const { redeemed, tokens } = await tokensOf(key);
    const answer = await fetch(`${issuer}/me`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    await answer.arrayBuffer();
    console.log(JSON.stringify({ at, redeemed, status: answer.status }));
    await pause(30);
  }
}

await Promise.all(keys.map(useAgainAndAgain));
