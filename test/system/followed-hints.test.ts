import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyFolder } from "../support/copy-folder.ts";
import { throwaway } from "../support/connected.ts";
import { follow } from "../support/followed.ts";
import type { Throwaway } from "../support/throwaway.ts";

/** A name for a home that a shell takes for more than one word. */
const ODD_NAME = "sr it's $HOME; ";

/** What the refusal of a command says that goes on. */
async function nextOf(place: Throwaway, args: readonly string[]): Promise<string> {
  const { stderr } = await place.cli(args);
  return /^ {2}next: (.*)$/m.exec(stderr)?.[1] ?? "";
}

/** The part of a hint that begins with a word and ends before another one, or with it. */
function part(hint: string, from: string, to = "; or "): string {
  const [, rest = ""] = hint.split(from);
  return from + (rest.split(to)[0] ?? "");
}

test.skipIf(process.platform === "win32")(
  "what a refusal says leads on in a home with any name",
  { timeout: 60_000 },
  async () => {
    const place = throwaway(ODD_NAME);
    await place.cli(["set", "a"], "1");
    await place.cli(["daemon", "stop"]);
    const [vault, copy] = [join(place.home, "vault"), join(place.home, "copy")];
    copyFolder(vault, copy);
    await place.cli(["set", "a"], "2");
    await place.cli(["daemon", "stop"]);
    renameSync(vault, join(place.home, "newer"));
    renameSync(copy, vault);
    const hint = await nextOf(place, ["get", "a"]);
    expect(hint).toContain("put this copy here yourself: rm ");
    const followed = await follow(place, part(hint, "rm "));
    expect([followed.status, followed.stderr]).toEqual([0, expect.stringContaining("serves")]);
    expect((await place.cli(["get", "a"])).stdout).toBe("1");
    expect(readdirSync(place.home)).toContain("vault");
  },
);

/** A vault that was given a new data key, with the key file of before and nothing else that knows it. */
async function withEarlierKeyfile(): Promise<{
  readonly place: Throwaway;
  readonly keyfile: string;
}> {
  const place = throwaway(ODD_NAME);
  await place.cli(["set", "a"], "1");
  const keyfile = join(place.home, "config/keyfile");
  cpSync(keyfile, join(place.home, "copy"));
  expect(await place.cli(["rekey"])).toMatchObject({ status: 0 });
  await place.cli(["daemon", "stop"]);
  const state = join(place.home, "state");
  for (const name of readdirSync(state)) if (name.endsWith(".pin")) rmSync(join(state, name));
  rmSync(keyfile);
  cpSync(join(place.home, "copy"), keyfile);
  return { place, keyfile };
}

async function opensAnew(place: Throwaway): Promise<void> {
  await place.cli(["daemon", "restart"]);
  expect((await place.cli(["get", "a"])).stdout).toBe("1");
}

test.skipIf(process.platform === "win32")(
  "the hint about a key file from before a rekey ends with one that opens the vault",
  { timeout: 60_000 },
  async () => {
    const { place } = await withEarlierKeyfile();
    const hint = await nextOf(place, ["get", "a"]);
    const followed = await follow(place, part(hint, "mv "));
    expect(followed.status, followed.stderr).toBe(0);
    await opensAnew(place);
  },
);

test.skipIf(process.platform === "win32")(
  "a key file that was put aside and not replaced leads to the same end by the next refusal",
  { timeout: 60_000 },
  async () => {
    const { place, keyfile } = await withEarlierKeyfile();
    const hint = await nextOf(place, ["get", "a"]);
    await follow(place, part(hint, "mv ", "; strongroom slot"));
    expect((await place.cli(["get", "a"])).stdout).toBe("1");
    const { stdout } = await place.cli(["doctor"]);
    expect(stdout).toContain("while the vault is open: strongroom slot add keyfile");
    await place.cli(["daemon", "stop"]);
    const next = await nextOf(place, ["get", "a"]);
    const commands = part(next, "strongroom unlock").replace("FILE", `"$HOME/config/keyfile.old"`);
    const followed = await follow(place, commands);
    expect(followed.status, followed.stderr).toBe(0);
    expect(existsSync(keyfile)).toBe(true);
    await opensAnew(place);
  },
);

test.skipIf(process.platform === "win32")(
  "a key file whose lines name another vault leads to one that names this",
  { timeout: 60_000 },
  async () => {
    const place = throwaway(ODD_NAME);
    await place.cli(["set", "a"], "1");
    await place.cli(["daemon", "stop"]);
    const keyfile = join(place.home, "config/keyfile");
    const text = readFileSync(keyfile, "utf8");
    writeFileSync(keyfile, text.replace(/vault [0-9a-f]{32}/, `vault ${"0".repeat(32)}`));
    const hint = await nextOf(place, ["get", "a"]);
    const followed = await follow(place, part(hint, "mv "));
    expect(followed.status, followed.stderr).toBe(0);
    await opensAnew(place);
  },
);
