import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Found } from "strongroom/src/imports/found.ts";
import { readGogcli } from "strongroom/src/imports/gogcli.ts";
import { readKeyringFolder } from "strongroom/src/imports/keyring-file.ts";
import { readMcporter } from "strongroom/src/imports/mcporter.ts";
import { readDotenv, readJson } from "strongroom/src/imports/plain.ts";
import { readSwamp } from "strongroom/src/imports/swamp.ts";
import { readToolhive } from "strongroom/src/imports/toolhive.ts";
import { importName } from "strongroom/src/imports/names.ts";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  jwe,
  mcporter,
  publishedMcporter,
  swampFile,
  swampRepository,
  toolhive,
} from "../../support/import-sources.ts";
import { COUNTED_MS, printCount, size } from "../../support/size.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-import-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

const asked = (password = "pw", keyFile?: string) => ({
  password: () => Promise.resolve(password),
  keyFile,
});
const at = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const texts = ({ items }: Found): object =>
  Object.fromEntries(items.map(({ name, value }) => [name, value.toString()]));

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "read";
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    expect(message).not.toMatch(/sup3r|hush/u);
    return code ?? `unforeseen: ${message}`;
  }
}

describe("toolhive", () => {
  it("is opened by its password, and an empty file is an empty vault", async () => {
    const path = at("t", toolhive("pw", { "a/b": "sup3r", __thv_workloads_x: "é😀" }));
    expect(texts(await readToolhive(path, asked()))).toEqual({
      "a/b": "sup3r",
      __thv_workloads_x: "é😀",
    });
    expect((await readToolhive(at("e", ""), asked())).items).toEqual([]);
  });

  it("tells a wrong password, what is damaged and what is later apart as far as its format does", async () => {
    const path = at("t", toolhive("pw", { a: "sup3r" }));
    expect(await codeOf(readToolhive(path, asked("other")))).toBe("WRONG_KEY");
    expect(await codeOf(readToolhive(at("n", toolhive("pw", [] as object)), asked()))).toBe(
      "CORRUPT",
    );
    const whole = readFileSync(path);
    for (let length = 1; length < whole.length; length += 1) {
      const code = await codeOf(readToolhive(at("c", whole.subarray(0, length)), asked()));
      expect([length, code]).toEqual([length, length < 28 ? "CORRUPT" : "WRONG_KEY"]);
    }
  });
});

describe("a keyring of files", () => {
  it("is opened as another implementation of JWE has sealed it", async () => {
    at("a%2Fb", await jwe("a/b", "sup3r"));
    at("plain", await jwe("plain", "second"));
    at(".lock", "");
    at("stranger", "not a jwe");
    const found = await readKeyringFolder(folder, asked());
    expect(texts(found)).toEqual({ "a/b": "sup3r", plain: "second" });
    expect(found.items[0]?.updatedAt).toBe(Date.parse("2025-01-02T03:04:05Z"));
    expect(found.remarks).toEqual([expect.stringContaining("stranger is no file of a keyring")]);
  });

  it("tells a wrong password, a damaged file and another algorithm apart", async () => {
    const text = await jwe("a", "sup3r");
    const read = (content: string, password?: string): Promise<string> => {
      at("a", content);
      return codeOf(readKeyringFolder(folder, asked(password)));
    };
    expect(await read(text, "other")).toBe("WRONG_KEY");
    expect(await read(`${text.slice(0, -3)}AAA`)).toBe("CORRUPT");
    const parts = text.split(".");
    const header = (fields: object): string =>
      Buffer.from(
        JSON.stringify({
          ...(JSON.parse(Buffer.from(parts[0] ?? "", "base64url").toString()) as object),
          ...fields,
        }),
      ).toString("base64url");
    expect(await read([header({ enc: "A128GCM" }), ...parts.slice(1)].join("."))).toBe(
      "UNSUPPORTED_FORMAT",
    );
    const before = performance.now();
    expect(await read([header({ p2c: 2_000_000_000 }), ...parts.slice(1)].join("."))).toBe(
      "CORRUPT",
    );
    expect(await read([header({ p2c: 0.5 }), ...parts.slice(1)].join("."))).toBe("CORRUPT");
    expect(performance.now() - before).toBeLessThan(5000);
    for (let length = 2; length < text.length; length += 7) {
      expect(["CORRUPT", "WRONG_KEY"]).toContain(await read(text.slice(0, length)));
    }
  });

  it("of gogcli comes under one name an account, and says where they disagree", async () => {
    const token = (refresh: string, scopes: string[] = []): string =>
      JSON.stringify({ refresh_token: refresh, email: "me@a.example", scopes });
    const safe = (key: string): string =>
      `_gogcli_key_v1_${Buffer.from(key).toString("base64url")}`;
    at("2", await jwe(safe("token:work:me@a.example"), token("r1", ["own"])));
    at("1", await jwe(safe("token-sub:work:123"), token("r1")));
    at(safe("token:me@a.example"), await jwe(safe("token:me@a.example"), token("r2")));
    at(safe("token-sub:default:9"), await jwe(safe("token-sub:default:9"), token("r3")));
    at(safe("default_account"), await jwe(safe("default_account"), "me@a.example"));
    const { items, remarks } = await readGogcli(folder, asked());
    expect(items.map(({ name }) => name).toSorted()).toEqual([
      "default_account",
      "token:default:me@a.example",
      "token:work:me@a.example",
    ]);
    const own = items.find(({ name }) => name === "token:work:me@a.example");
    expect(own?.value.toString()).toContain("own");
    expect(remarks).toEqual([
      expect.stringMatching(/token:default:me@a.example: .* another token/u),
    ]);
  });
});

describe("swamp", () => {
  it.each([1, 2])(
    "version %i is opened by its key, with its annotations, and runs nothing",
    async (version) => {
      swampRepository(folder, version, { API_KEY: "sup3r", OTHER: "second" });
      const found = await readSwamp(folder, asked());
      expect(texts(found)).toEqual({ "main/API_KEY": "sup3r", "main/OTHER": "second" });
      expect(found.items[0]).toMatchObject({
        metadata: { note: "https://a.example\na note", tags: ["env=prod"] },
      });
      expect(found.remarks).toEqual([
        expect.stringContaining("not imported: touch /tmp/never-run"),
      ]);
    },
  );

  it.each([1, 2])("version %i is opened by an SSH key that is named", async (version) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const body = Buffer.from(pem.replaceAll(/-----[A-Z ]+-----|\s/gu, ""), "base64");
    const vault = join(folder, ".swamp/secrets/local_encryption/v");
    mkdirSync(vault, { recursive: true });
    const material = version === 1 ? Buffer.from(pem) : body;
    writeFileSync(join(vault, "K.enc"), swampFile({ material, version }, "sup3r"));
    expect(await codeOf(readSwamp(folder, asked()))).toBe("NOT_FOUND");
    expect(texts(await readSwamp(folder, asked("", at("id_rsa", pem))))).toEqual({
      "v/K": "sup3r",
    });
  });

  it("tells another key, one damaged file and a later version apart", async () => {
    const vault = swampRepository(folder, 2, { A: "sup3r", B: "second" });
    writeFileSync(join(vault, ".key"), "x".repeat(72));
    expect(await codeOf(readSwamp(folder, asked()))).toBe("WRONG_KEY");
    const other = join(folder, "other");
    const second = swampRepository(other, 2, { A: "sup3r", B: "second" });
    const file = join(second, "A.enc");
    const sealed = JSON.parse(readFileSync(file, "utf8")) as { data: string };
    const flipped = Buffer.from(sealed.data, "base64");
    flipped[0] = (flipped[0] ?? 0) ^ 1;
    writeFileSync(file, JSON.stringify({ ...sealed, data: flipped.toString("base64") }));
    expect(await codeOf(readSwamp(other, asked()))).toBe("CORRUPT");
    writeFileSync(file, JSON.stringify({ ...sealed, version: 3 }));
    expect(await codeOf(readSwamp(other, asked()))).toBe("UNSUPPORTED_FORMAT");
    const whole = JSON.stringify(sealed);
    for (let length = 0; length < whole.length; length += 11) {
      writeFileSync(file, whole.slice(0, length));
      expect(await codeOf(readSwamp(other, asked()))).toBe("CORRUPT");
    }
  });
});

const PUBLISHED = {
  url: "https://mcp.example/notes",
  issuer: "https://as.example",
  clientId: "client",
  tokens: { access_token: "a" },
};

describe("mcporter", () => {
  it.each([1, 2])(
    "version %i gives credentials that are shared, and says what it cannot",
    async (version) => {
      const { credentials, remarks } = await readMcporter(
        at("c", JSON.stringify(mcporter(version))),
      );
      expect(credentials).toEqual([
        {
          name: "mcp/notes",
          account: "notes",
          registration: {
            issuer: "https://as.example",
            tokenEndpoint: "https://as.example/token",
            clientId: "client",
            clientAuth: "client_secret_basic",
            clientSecret: "hush",
            resource: "https://mcp.example/notes",
          },
          scopes: ["read", "write"],
          tokens: {
            accessToken: "access-of-mcporter",
            refreshToken: "refresh-of-mcporter",
            expiresAt: 4e12,
          },
          shared: true,
        },
      ]);
      expect(remarks).toEqual([
        "mcp/bare does not say which server it is from: strongroom oauth login mcp/bare URL",
      ]);
    },
  );

  it("that does not say of which client an account is is told, and asks no server", async () => {
    const whole = JSON.stringify(publishedMcporter(PUBLISHED)).replace("client_id", "x");
    const server = (): Promise<never> => Promise.reject(new Error("it was asked"));
    expect(await readMcporter(at("c", whole), { server })).toEqual({
      items: [],
      credentials: [],
      remarks: [
        "mcp/notes does not say of which client it is: strongroom oauth login mcp/notes URL",
      ],
    });
  });

  it("of a later version, or cut, is refused", async () => {
    expect(await codeOf(readMcporter(at("c", JSON.stringify(mcporter(3)))))).toBe(
      "UNSUPPORTED_FORMAT",
    );
    const whole = JSON.stringify(mcporter(2));
    for (let length = 0; length < whole.length; length += 13) {
      expect(await codeOf(readMcporter(at("c", whole.slice(0, length))))).toBe("CORRUPT");
    }
  });
});

describe("files of anybody", () => {
  const readers = [readToolhive, readMcporter, readDotenv, readJson] as const;

  it("are regular and no links, and no larger than 32 MiB", async () => {
    const large = at("large", "");
    truncateSync(large, 33_554_433);
    symlinkSync(at("real", "{}"), join(folder, "link"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const read of readers) {
      expect(await codeOf(read(large, asked()))).toBe("TOO_LARGE");
      expect(await codeOf(read(join(folder, "link"), asked()))).toBe("DENIED");
      expect(await codeOf(read(join(folder, "pipe"), asked()))).toBe("INVALID");
      expect(await codeOf(read(folder, asked()))).toBe("INVALID");
      expect(await codeOf(read(join(folder, "none"), asked()))).toBe("NOT_FOUND");
      expect(await codeOf(read("/dev/zero", asked()))).toBe("INVALID");
    }
  });

  it("with JSON that is too deep are damaged, not the end of us", async () => {
    const deep = `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`;
    expect(await codeOf(readJson(at("deep", deep)))).toBe("CORRUPT");
    expect(await codeOf(readMcporter(at("deep", deep)))).toBe("CORRUPT");
    expect(texts(await readJson(at("flat", JSON.stringify({ a: '{"[{[', b: 1 }))))).toEqual({
      a: '{"[{[',
      b: "1",
    });
  });

  it(
    "mutated at random end in a known error or are read, in time and room",
    { timeout: COUNTED_MS },
    async () => {
      const rounds = size(400, 10_000);
      swampRepository(join(folder, "repo"), 2, { A: "sup3r" });
      const swamp = join(folder, "repo/.swamp/secrets/local_encryption/main/A.enc");
      const ring = join(folder, "ring");
      mkdirSync(ring);
      const seeds: readonly (readonly [string, Buffer, () => Promise<unknown>])[] = [
        [
          join(folder, "t"),
          toolhive("pw", { a: "sup3r" }),
          () => readToolhive(join(folder, "t"), asked()),
        ],
        [
          join(ring, "k"),
          Buffer.from(await jwe("k", "sup3r")),
          () => readKeyringFolder(ring, asked()),
        ],
        [
          join(folder, "m"),
          Buffer.from(JSON.stringify(mcporter(2))),
          () => readMcporter(join(folder, "m")),
        ],
        [swamp, readFileSync(swamp), () => readSwamp(join(folder, "repo"), asked())],
      ];
      const known = [
        "read",
        "CORRUPT",
        "WRONG_KEY",
        "UNSUPPORTED_FORMAT",
        "TOO_LARGE",
        "INVALID",
        "NOT_FOUND",
      ];
      const rss = process.memoryUsage().rss;
      let slowest = 0;
      for (let round = 0; round < rounds; round += 1) {
        const [path, whole, read] = seeds[round % seeds.length] as (typeof seeds)[number];
        writeFileSync(path, mutated(whole));
        const began = performance.now();
        const code = await codeOf(read());
        slowest = Math.max(slowest, performance.now() - began);
        expect(known).toContain(code);
        writeFileSync(path, whole);
      }
      expect(slowest).toBeLessThan(60_000);
      expect(process.memoryUsage().rss - rss).toBeLessThan(268_435_456);
      printCount(`mutated sources, slowest ${Math.round(slowest)} ms`, rounds, 10_000);
    },
  );

  it("are not changed", async () => {
    const vault = swampRepository(folder, 2, { A: "sup3r" });
    const sum = (): string[] =>
      readdirSync(vault, { recursive: true, encoding: "utf8" })
        .toSorted()
        .map((name) => {
          try {
            return (
              name +
              createHash("sha256")
                .update(readFileSync(join(vault, name)))
                .digest("hex")
            );
          } catch {
            return name;
          }
        });
    const before = sum();
    await readSwamp(folder, asked());
    expect(sum()).toEqual(before);
  });
});

function mutated(whole: Buffer): Buffer {
  const bytes = Buffer.from(whole);
  const [kind = 0, a = 0, b = 0, c = 0] = randomBytes(4);
  const place = Math.floor(((a * 256 + b) / 65_536) * bytes.length);
  if (kind % 4 === 0) return bytes.subarray(0, place);
  if (kind % 4 === 1)
    return Buffer.concat([
      bytes.subarray(0, place),
      randomBytes(1 + (c % 40)),
      bytes.subarray(place),
    ]);
  if (kind % 4 === 2)
    return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + (c % 9))]);
  bytes[place] = (bytes[place] ?? 0) ^ (1 << (c % 8));
  return bytes;
}

describe("names", () => {
  it.each([
    ["a/b", "a/b"],
    ["__thv_workloads_x", "__thv_workloads_x"],
    ["a*b?", "a%2Ab%3F"],
    ["/a//b/", "%2Fa/%2Fb%2F"],
    ["../x", "%2E%2E/x"],
    ["a\u0000\u202e", "a%00%E2%80%AE"],
    ["e\u0301", "é"],
    ["x".repeat(300), undefined],
  ])("%j becomes %j", (name, expected) => {
    expect(importName(name)).toBe(expected);
  });
});
