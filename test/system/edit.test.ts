import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { until } from "../support/processes.ts";
import { atTerminal, noTerminal } from "../support/terminal.ts";
import type { Throwaway } from "../support/throwaway.ts";

/** An editor that does as this line says. */
function withEditor(place: Throwaway, line: string): Pick<Throwaway, "env"> {
  const path = join(place.home, "ed");
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return { env: { ...place.env, EDITOR: path, VISUAL: "" } };
}

test(
  `edit takes its plaintext away when it is ended by a signal${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const place = throwaway();
    await place.cli(["set", "a"], "sup3r-s3cret");
    const here = withEditor(place, "echo open-now; exec sleep 60");
    const folders = (): string[] =>
      readdirSync(join(place.home, "run")).filter((name) => name.startsWith("run-"));
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      const edited = atTerminal(here, "edit a", []);
      await until("the editor", () => folders().length === 1);
      const [, pid] = (folders()[0] ?? "").split("-");
      const files = (): string[] => readdirSync(join(place.home, "run", folders()[0] ?? ""));
      await until("the file", () => files().includes("value"));
      // The handlers stand before the editor is there.
      await until("the editor's process", () => isEditing(Number(pid)));
      process.kill(Number(pid), signal);
      const { shown, status } = await edited;
      expect([signal, status, shown]).toEqual([
        signal,
        3,
        expect.stringContaining("nothing was stored"),
      ]);
      expect(folders()).toEqual([]);
    }
    const typed = await atTerminal(here, "edit a", [{ shown: "open-now", typed: "\u0003" }]);
    expect([typed.status, folders()]).toEqual([3, []]);
    expect((await place.cli(["get", "a"])).stdout).toBe("sup3r-s3cret");
  },
);

function isEditing(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).some((task) => childrenOf(pid, task).length > 1);
}

/** The guardian of the files and the editor. */
function childrenOf(pid: number, task: string): string[] {
  return readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ");
}

test(
  `edit leaves out one newline that only the editor has put at the end${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const place = throwaway();
    const edit = async (
      value: string,
      line: string,
      options = "",
    ): Promise<readonly [shown: string, stored: string]> => {
      await place.cli(["set", "a", "--raw"], value);
      const { shown } = await atTerminal(withEditor(place, line), `edit a ${options}`, []);
      return [shown.trim(), (await place.cli(["get", "a"])).stdout];
    };
    const add = String.raw`printf '\n' >> "$1"`;
    const unchanged = expect.stringContaining("unchanged") as string;
    expect(await edit("token", add)).toEqual([unchanged, "token"]);
    expect(await edit("token", String.raw`printf 'other\n' > "$1"`)).toEqual(["", "other"]);
    expect(await edit("token", String.raw`printf 'other\r\n' > "$1"`)).toEqual(["", "other"]);
    expect(await edit("token", `${add}; ${add}`)).toEqual(["", "token\n"]);
    expect(await edit("token", add, "--raw")).toEqual(["", "token\n"]);
    expect(await edit("lines\n", add)).toEqual(["", "lines\n\n"]);
    expect(await edit("lines\n", "true")).toEqual([unchanged, "lines\n"]);
    expect(await edit("lines\n", 'printf lines > "$1"')).toEqual(["", "lines"]);
  },
);
