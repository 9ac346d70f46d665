import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { jwe, mcporter, swampRepository, toolhive } from "../support/import-sources.ts";
import type { Throwaway } from "../support/throwaway.ts";

interface Told {
  readonly secrets: { name: string; action: string }[];
  readonly imported: { secrets: number; credentials: number };
}

function prepared(): {
  place: Throwaway;
  file: (name: string, content: string | Buffer) => string;
} {
  const place = throwaway();
  mkdirSync(join(place.home, "src"));
  const file = (name: string, content: string | Buffer): string => {
    const path = join(place.home, "src", name);
    writeFileSync(path, content);
    return path;
  };
  file("pw", "pw\n");
  return { place, file };
}

async function imported(place: Throwaway, ...args: string[]): Promise<Told> {
  const password = ["--passphrase-file", join(place.home, "src/pw")];
  const ran = await place.cli(["import", ...args, ...password, "--json"]);
  expect([args, ran.status, ran.status === 0 ? "" : ran.stderr]).toEqual([args, 0, ""]);
  return JSON.parse(ran.stdout) as Told;
}

test(
  "an import says first what it does, and a second one changes nothing",
  { timeout: 90_000 },
  async () => {
    const { file, place } = prepared();
    const source = file("secrets_encrypted", toolhive("pw", { "a/b": "sup3r", "c*": "second" }));
    const before = readFileSync(source);
    const password = ["--passphrase-file", join(place.home, "src/pw")];
    const dry = await place.cli(["import", "--from", "toolhive", source, "--dry-run", ...password]);
    expect([dry.status, dry.stdout]).toEqual([0, "+  a/b   5 B\n+  c%2A  6 B\n"]);
    expect(dry.stdout + dry.stderr).not.toContain("sup3r");
    expect(existsSync(join(place.home, "vault"))).toBe(false);
    expect((await imported(place, "--from", "toolhive", source)).imported.secrets).toBe(2);
    expect((await place.cli(["get", "a/b"])).stdout).toBe("sup3r");
    const history = async (): Promise<string> => (await place.cli(["list", "--long"])).stdout;
    const stored = await history();
    expect((await imported(place, "--from", "toolhive", source)).imported.secrets).toBe(0);
    expect(await history()).toBe(stored);
    expect(readFileSync(source)).toEqual(before);
    const metadata = await place.cli(["get", "a/b", "--metadata"]);
    expect(metadata.stdout).toMatch(/^origin +import$/mu);
  },
);

test(
  "what holds another value is in the way, stays, or is replaced, as is said",
  { timeout: 90_000 },
  async () => {
    const { file, place } = prepared();
    await place.cli(["set", "A"], "mine");
    const source = file("s.env", "A=theirs\nB=new\nC=strongroom://x\n");
    const refused = await place.cli(["import", "--from", "dotenv", source]);
    expect([refused.status, refused.stderr]).toEqual([
      5,
      expect.stringContaining("nothing was stored"),
    ]);
    expect((await place.cli(["list"])).stdout).toBe("A\n");
    expect(
      (await imported(place, "--from", "dotenv", source, "--on-conflict", "skip")).imported.secrets,
    ).toBe(1);
    expect((await place.cli(["get", "A"])).stdout).toBe("mine");
    expect(
      (await imported(place, "--from", "dotenv", source, "--on-conflict", "newer")).imported
        .secrets,
    ).toBe(0);
    expect(
      (await imported(place, "--from", "dotenv", source, "--on-conflict", "replace")).imported
        .secrets,
    ).toBe(1);
    expect((await place.cli(["get", "A"])).stdout).toBe("theirs");
    expect((await place.cli(["get", "A", "--version", "1"])).stdout).toBe("mine");
    await imported(place, "--from", "dotenv", source, "--prefix", "app/dev");
    expect((await place.cli(["list", "app/**"])).stdout).toBe("app/dev/A\napp/dev/B\n");
    for (const wrong of [
      ["--from", "none"],
      [],
      ["--from", "age"],
      ["--from", "keychain"],
      ["--from", "dotenv", source, "--on-conflict", "x"],
    ]) {
      expect([wrong, (await place.cli(["import", ...wrong])).status]).toEqual([wrong, 2]);
    }
    const wrong = file("wrong", "other\n");
    const toolhiveFile = file("t", toolhive("pw", { x: "sup3r" }));
    expect(
      (await place.cli(["import", "--from", "toolhive", toolhiveFile, "--passphrase-file", wrong]))
        .status,
    ).toBe(11);
  },
);

test(
  "credentials of mcporter are shared until they are adopted, and its file stays",
  { timeout: 90_000 },
  async () => {
    const { file, place } = prepared();
    const source = file("credentials.json", JSON.stringify(mcporter(2)));
    expect((await imported(place, "--from", "mcporter", source)).imported).toEqual({
      secrets: 0,
      credentials: 1,
    });
    const listed = await place.cli(["oauth", "list"]);
    expect(listed.stdout).toMatch(/^mcp\/notes +shared/mu);
    expect(listed.stdout).not.toMatch(/refresh-of|hush/u);
    expect((await place.cli(["token", "mcp/notes"])).stdout).toBe("access-of-mcporter");
    expect((await imported(place, "--from", "mcporter", source)).imported.credentials).toBe(0);
    expect(JSON.parse(readFileSync(source, "utf8"))).toEqual(mcporterLike(source));
    const many = await Promise.all(
      Array.from({ length: 6 }, () =>
        place.cli(["import", "--from", "mcporter", source, "--prefix", "twelve"]),
      ),
    );
    // One of them stores it; the others find it there, before or while they store.
    expect(many.filter(({ status }) => status === 0 || status === 12)).toHaveLength(6);
    expect((await place.cli(["oauth", "list"])).stdout.match(/twelve\/mcp\/notes/gu)).toHaveLength(
      1,
    );
  },
);

function mcporterLike(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8")) as unknown;
}

test(
  "a repository of swamp comes with what it says of its secrets, and nothing of it runs",
  { timeout: 90_000 },
  async () => {
    const { place } = prepared();
    const root = join(place.home, "src/repo");
    swampRepository(root, 2, { API_KEY: "sup3r" });
    const ran = await place.cli(["import", "--from", "swamp", root, "--prefix", "swamp"]);
    expect([ran.status, ran.stdout]).toEqual([0, "+  swamp/main/API_KEY  5 B\n"]);
    expect(ran.stderr).toContain("not imported: touch /tmp/never-run");
    expect(existsSync("/tmp/never-run")).toBe(false);
    expect((await place.cli(["list", "--tag", "env=prod"])).stdout).toBe("swamp/main/API_KEY\n");
  },
);

test(
  "a name that is an OAuth credential is in the way of a secret, or passed over",
  { timeout: 90_000 },
  async () => {
    const { file, place } = prepared();
    const account = file("credentials.json", JSON.stringify(mcporter(2)));
    await imported(place, "--from", "mcporter", account);
    const source = file("s.json", '{"mcp/notes":"hush","other":"x"}');
    const refused = await place.cli(["import", "--from", "json", source, "--prefix", ""]);
    expect([refused.status, refused.stderr]).toEqual([
      5,
      expect.stringContaining('an OAuth credential is named "mcp/notes"'),
    ]);
    const told = await imported(place, "--from", "json", source, "--on-conflict", "skip");
    expect(told.secrets).toMatchObject([
      { name: "mcp/notes", action: "keep" },
      { name: "other", action: "new" },
    ]);
    expect(told.imported.secrets).toBe(1);
    const ring = join(place.home, "src/ring");
    mkdirSync(ring);
    writeFileSync(join(ring, "a"), await jwe("a", "sup3r"));
    writeFileSync(join(ring, "b"), await jwe("b", "sup3r", "other"));
    const args = ["--from", "keyring-file", ring, "--skip-unreadable", "--json"];
    const password = ["--passphrase-file", join(place.home, "src/pw")];
    const some = await place.cli(["import", ...args, ...password]);
    expect([some.status, JSON.parse(some.stdout)]).toMatchObject([
      15,
      { leftOut: [expect.stringMatching(/ring\/b/u)], imported: { secrets: 1 } },
    ]);
  },
);
