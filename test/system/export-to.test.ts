import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { mcporterKey, readGogcli, readSwamp, readToolhive } from "../support/export-readers.ts";
import { credential } from "../support/oauth/credential.ts";
import type { Throwaway } from "../support/throwaway.ts";

interface Exported {
  readonly status: number | null;
  readonly told: {
    readonly written: number;
    readonly left: { name: string; why: string }[];
    readonly retired: string[];
    readonly remarks: string[];
    readonly aside?: string;
  };
  readonly stderr: string;
}

/** A vault with values of all kinds below `move/`, and a password for what it is moved to. */
async function stocked(): Promise<{
  place: Throwaway;
  out: (name: string) => string;
  exportTo: (kind: string, path: string, ...args: string[]) => Promise<Exported>;
}> {
  const place = throwaway();
  const client = await connected(place);
  const metadata = { tags: ["env=prod", "plain"], note: "https://a.example\na note" };
  await client.set("move/token:default:me@example.com", '{"refresh_token":"sup3r"}', { metadata });
  await client.set("move/a/b", "second é", { metadata: { expiresAt: 4e12 } });
  await client.set("move/bytes", Buffer.of(0xff, 0x00, 0xfe));
  await client.set("move/empty", "");
  await client.set("stays", "here");
  mkdirSync(join(place.home, "out"));
  writeFileSync(join(place.home, "pw"), "geheim é\n");
  const out = (name: string): string => join(place.home, "out", name);
  const exportTo = async (kind: string, path: string, ...args: string[]): Promise<Exported> => {
    const password = ["--passphrase-file", join(place.home, "pw")];
    const all = ["export", "--to", kind, path, "--json", ...args];
    const { status, stderr, stdout } = await place.cli([
      ...all,
      ...(kind === "toolhive" || kind === "gogcli" ? password : []),
    ]);
    expect(stdout + stderr).not.toMatch(/sup3r|second/u);
    return { status, told: JSON.parse(stdout === "" ? "{}" : stdout) as Exported["told"], stderr };
  };
  return { place, out, exportTo };
}

/** What another vault has after an import: names with value, tags and note. */
async function takenOver(kind: string, path: string, password: string): Promise<object> {
  const place = throwaway();
  writeFileSync(join(place.home, "pw"), password);
  const from = ["import", "--from", kind, path, "--passphrase-file", join(place.home, "pw")];
  const { status, stderr } = await place.cli(from);
  expect([status, stderr.includes("stored")]).toEqual([0, true]);
  const client = await connected(place);
  const { secrets } = await client.call("secret/list", {});
  const all = await Promise.all(
    secrets.map(async ({ metadata: { note, tags }, name }) => {
      const value = await client.get(name);
      return [
        name,
        { value: Buffer.from(value.bytes()).toString("hex"), note, tags: tags?.toSorted() },
      ];
    }),
  );
  return Object.fromEntries(all) as object;
}

const hex = (text: string): string => Buffer.from(text).toString("hex");

test(
  "ToolHive, gogcli and swamp read what is moved to them, and so do we",
  { timeout: 90_000 },
  async () => {
    const { exportTo, out } = await stocked();
    const below = ["--prefix", "move"];
    const toolhive = await exportTo("toolhive", out("secrets_encrypted"), ...below);
    expect(toolhive).toMatchObject({
      status: 15,
      told: { written: 3, left: [{ name: "move/bytes" }] },
    });
    expect(readToolhive(out("secrets_encrypted"), "geheim é")).toEqual({
      "token:default:me@example.com": '{"refresh_token":"sup3r"}',
      "a/b": "second é",
      empty: "",
    });
    expect(statSync(out("secrets_encrypted")).mode & 0o777).toBe(0o600);
    expect(await takenOver("toolhive", out("secrets_encrypted"), "geheim é")).toMatchObject({
      "a/b": { value: hex("second é") },
      empty: { value: "" },
    });
    const gogcli = await exportTo("gogcli", out("keyring"), ...below);
    expect(gogcli).toMatchObject({ status: 0, told: { written: 4, left: [] } });
    expect(gogcli.told.remarks.join()).toContain("2 secrets");
    expect(await readGogcli(out("keyring"), "geheim é")).toEqual({
      "token:default:me@example.com": Buffer.from('{"refresh_token":"sup3r"}'),
      "a/b": Buffer.from("second é"),
      bytes: Buffer.of(0xff, 0x00, 0xfe),
      empty: Buffer.alloc(0),
    });
    expect(statSync(out("keyring")).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(out("keyring"))) {
      expect(statSync(join(out("keyring"), name)).mode & 0o777).toBe(0o600);
    }
    expect(await takenOver("gogcli", out("keyring"), "geheim é")).toMatchObject({
      "token:default:me@example.com": { value: hex('{"refresh_token":"sup3r"}') },
      bytes: { value: "ff00fe" },
    });
    const swamp = await exportTo("swamp", out("vault"), ...below);
    expect(swamp).toMatchObject({ status: 15, told: { written: 3, left: [{ name: "move/a/b" }] } });
    const name = "token:default:me@example.com";
    expect(readSwamp(out("vault"), `${name}.enc`).toString()).toBe('{"refresh_token":"sup3r"}');
    expect(readSwamp(out("vault"), "bytes.enc")).toEqual(Buffer.of(0xff, 0x00, 0xfe));
    expect(
      JSON.parse(readSwamp(out("vault"), `.annotations/${name}.enc`).toString()),
    ).toMatchObject({
      url: "https://a.example",
      notes: "a note",
      labels: { env: "prod", plain: "" },
    });
    expect(await takenOver("swamp", out("vault"), "")).toMatchObject({
      [`vault/${name}`]: { note: "https://a.example\na note", tags: ["env=prod", "plain"] },
      "vault/bytes": { value: "ff00fe" },
    });
    expect(readdirSync(out("")).toSorted()).toEqual(["keyring", "secrets_encrypted", "vault"]);
  },
);

test(
  "mcporter gets access tokens, and refresh tokens only where they leave the vault",
  { timeout: 90_000 },
  async () => {
    const { exportTo, out, place } = await stocked();
    const client = await connected(place);
    const put = (name: string, more: object): Promise<unknown> => {
      const usual = credential(name);
      const registration = {
        ...usual.registration,
        resource: "https://mcp.example/notes",
        ...more,
      };
      return client.change("oauth/put", { ...usual, registration });
    };
    await put("mcp/notes", {});
    await put("mcp/secret", { clientAuth: "client_secret_post", clientSecret: "hush" });
    await client.change("oauth/put", credential("mcp/nowhere"));
    await put("other/notes", {});
    interface File {
      readonly version: number;
      readonly entries: { [key: string]: { tokens: { [field: string]: unknown } } };
    }
    const file = (name: string): File => JSON.parse(readFileSync(out(name), "utf8")) as File;
    const plain = await exportTo("mcporter", out("plain.json"));
    expect([plain.status, plain.told.left.map((each) => each.name).toSorted()]).toEqual([
      15,
      ["mcp/notes", "mcp/nowhere", "mcp/secret"],
    ]);
    const key = mcporterKey("notes", "https://mcp.example/notes");
    expect(readFileSync(out("plain.json"), "utf8")).not.toContain("refresh-0");
    expect(file("plain.json").entries[key]).toMatchObject({
      serverName: "notes",
      serverUrl: "https://mcp.example/notes",
      tokens: { access_token: "access-0", token_type: "Bearer", scope: "read write" },
      clientInfo: { client_id: "client" },
    });
    // What cannot be written takes nothing away.
    expect((await exportTo("mcporter", out("no/such/file"), "--retire")).status).toBe(2);
    const moved = await exportTo("mcporter", out("moved.json"), "--retire");
    expect([moved.status, moved.told.retired]).toEqual([15, ["mcp/notes"]]);
    expect(moved.told.left.map((each) => each.name).toSorted()).toEqual([
      "mcp/nowhere",
      "mcp/secret",
    ]);
    const { entries, version } = file("moved.json");
    expect([version, entries[key]?.tokens["refresh_token"]]).toEqual([1, "refresh-0"]);
    expect(readFileSync(out("moved.json"), "utf8")).not.toContain("hush");
    expect(statSync(out("moved.json")).mode & 0o777).toBe(0o600);
    const { credentials } = await client.call("oauth/list", {});
    expect(credentials.map(({ name }) => name)).toEqual([
      "mcp/nowhere",
      "mcp/secret",
      "other/notes",
    ]);
    const audit = await place.cli(["audit", "--json", "--name", "mcp/notes"]);
    expect(audit.stdout).toContain("oauth/export-refresh");
    const back = await place.cli(["import", "--from", "mcporter", out("moved.json")]);
    expect([back.status, back.stderr.includes("1 credentials stored")]).toEqual([0, true]);
    expect(await client.call("oauth/show", { name: "mcp/notes" })).toMatchObject({
      state: "shared",
      issuer: "https://as.example",
      tokenEndpoint: "https://as.example/token",
      resource: "https://mcp.example/notes",
    });
    // Its source has it still: it is not ours to give.
    const again = await exportTo("mcporter", out("again.json"), "--retire");
    expect([again.told.retired, again.told.left.map(({ name }) => name).toSorted()]).toEqual([
      [],
      ["mcp/notes", "mcp/nowhere", "mcp/secret"],
    ]);
  },
);

test(
  "nothing is written over what is there, nor where git would keep it, unless that is said",
  { timeout: 60_000 },
  async () => {
    const { exportTo, out, place } = await stocked();
    mkdirSync(out("repo/.git"), { recursive: true });
    writeFileSync(out("taken"), "old");
    mkdirSync(out("folder"));
    writeFileSync(join(out("folder"), "old"), "old");
    symlinkSync(out("nothing"), out("link"));
    const refusals: readonly (readonly [status: number, kind: string, name: string])[] = [
      [4, "toolhive", "repo/x"],
      [12, "toolhive", "taken"],
      [12, "swamp", "folder"],
      [12, "swamp", "link"],
      [2, "toolhive", "no/such/folder"],
      [2, "pass", "x"],
    ];
    await Promise.all(
      refusals.map(async ([status, kind, name]) =>
        expect([name, (await exportTo(kind, out(name))).status]).toEqual([name, status]),
      ),
    );
    expect(readFileSync(out("taken"), "utf8")).toBe("old");
    expect((await exportTo("toolhive", out("folder"), "--force")).status).toBe(2);
    expect((await exportTo("toolhive", out("taken"), "--force", "--prefix", "stays")).status).toBe(
      0,
    );
    expect(readToolhive(out("taken"), "geheim é")).toEqual({});
    const forced = await exportTo("swamp", out("folder"), "--force");
    expect(existsSync(join(out("folder"), ".key"))).toBe(true);
    expect(readFileSync(join(forced.told.aside ?? "", "old"), "utf8")).toBe("old");
    expect(readdirSync(out("")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect((await place.cli(["export", "--to", "swamp"])).status).toBe(2);
    expect((await place.cli(["export", "--to", "swamp", out("x"), "--retire"])).status).toBe(2);
    expect((await place.cli(["export", "--to", "swamp", out("x"), "-o", "y"])).status).toBe(2);
  },
);
