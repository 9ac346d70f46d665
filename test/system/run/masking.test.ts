import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { noTerminal } from "../../support/terminal.ts";
import { ROOT } from "../../support/throwaway.ts";

const VALUE = "s3cr3t/+ value?&é'\"xyz";
const SPILLER = join(ROOT, "test/support/programs/spiller.mjs");

function forms(): string[] {
  const bytes = Buffer.from(VALUE);
  return [
    VALUE,
    bytes.toString("base64").replaceAll("=", ""),
    bytes.toString("base64url"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    encodeURIComponent(VALUE),
    new URLSearchParams({ v: VALUE }).toString().slice(2),
    JSON.stringify(VALUE).slice(1, -1),
    encodeURI(VALUE),
    Object.assign(new URL("http://u@h/"), { password: VALUE }).password,
    VALUE.replaceAll(
      /[^a-z]/gu,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  ];
}

test(
  "a mebibyte of output with a value cut everywhere, in every form, has none of it in a pipe",
  { timeout: 120_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "t/value"], VALUE);
    const program = ["--env", "VALUE=strongroom://t/value", "--", process.execPath, SPILLER];
    const raw = await place.cli(["run", "--mask", "never", ...program]);
    expect(raw.status).toBe(0);
    expect(raw.stdout.length).toBeGreaterThan(1_048_500);
    for (const form of forms()) expect(raw.stdout).toContain(form);
    const masked = await place.cli(["run", ...program]);
    expect(masked.status).toBe(0);
    for (const form of forms()) expect([form, masked.stdout.includes(form)]).toEqual([form, false]);
    const cuts = masked.stdout.split("<concealed>").length - 1;
    expect(cuts).toBeGreaterThan(forms().reduce((sum, { length }) => sum + length - 1, 0));
    // What is between stays.
    const between = (text: string): number => text.split("0123456789abcdef ".repeat(20)).length;
    expect(between(masked.stdout)).toBe(between(raw.stdout));
    expect(masked.stdout.replaceAll("<concealed>", "").length).toBeLessThan(raw.stdout.length);
    console.log(`1 MiB: ${forms().length} forms, ${cuts} places, 0 leaks`);
  },
);

test(
  `colours and size of a terminal are left to the program${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const place = throwaway();
    await place.cli(["set", "t/value"], "sup3r-s3cret");
    const look =
      "test -t 0 && test -t 1 && test -t 2 && stty size && tput colors && printf '\\033[31m%s\\033[0m' $V";
    const cli = `'${process.execPath}' '${join(ROOT, "packages/cli/bin/strongroom.js")}'`;
    const at = (command: string): Promise<string> =>
      shown(place.env, `stty rows 33 cols 77; ${command}`);
    const bare = await at(`V=sup3r-s3cret sh -c "${look.replaceAll("$", "\\$")}"`);
    const ours = await at(
      `${cli} run --env V=strongroom://t/value -- sh -c "${look.replaceAll("$", "\\$")}"`,
    );
    expect(bare).toContain("33 77");
    expect(bare).toContain("\u001b[31msup3r-s3cret\u001b[0m");
    expect(ours).toBe(bare);
    const always = await at(`${cli} run --mask always --env V=t/value -- sh -c 'echo $V'`);
    expect(always).toContain("<concealed>");
  },
);

function shown(env: NodeJS.ProcessEnv, command: string): Promise<string> {
  const child = spawn(
    "script",
    ["-qec", `sh -c '${command.replaceAll("'", `'\\''`)}'`, "/dev/null"],
    {
      env: { ...env, TERM: "xterm-256color" },
    },
  );
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  return new Promise((resolve) => child.on("close", () => resolve(out)));
}
