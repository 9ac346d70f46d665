import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ERRORS, LIMITS, METHODS, PROTOCOL, VERSION } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";

// Rules that no compiler holds. Every failure is a list of "file: reason"; the counts keep a
// rule from passing because it looked at nothing.

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const AT_LEAST = {
  sources: 200,
  imports: 600,
  exports: 350,
  tests: 100,
  methods: 15,
  commands: 17,
};

interface Source {
  readonly path: string;
  readonly text: string;
}

function walk(folder: string): Source[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder))
    .toSorted()
    .filter((name) => !["node_modules", "dist", ".git", "coverage", "release"].includes(name))
    .flatMap((name): Source[] => {
      const path = folder === "" ? name : `${folder}/${name}`;
      if (statSync(join(ROOT, path)).isDirectory()) return walk(path);
      return [{ path, text: readFileSync(join(ROOT, path), "utf8") }];
    });
}

const integrations = existsSync(join(ROOT, "integrations"))
  ? readdirSync(join(ROOT, "integrations")).toSorted()
  : [];
const sources = [
  ...["client", "daemon", "cli"].flatMap((name) => walk(`packages/${name}/src`)),
  ...integrations.flatMap((name) => walk(`integrations/${name}/src`)),
].filter(({ path }) => /\.c?ts$/.test(path));
const programs = [
  ...sources,
  ...["demo", "examples", "integrations", "scripts"].flatMap((folder) => walk(folder)),
];
const tests = walk("test").filter(({ path }) => path.endsWith(".ts"));
// The formatter pads the columns of tables.
const protocolDocument = read("docs/protocol.md").replaceAll(/ {2,}/g, " ");

function read(path: string): string {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : "";
}

/** What a file loads before its first line runs. */
function loadedBy(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\b[^;"]*?\bfrom "([^"]+)";/gm);
  const bare = text.matchAll(/^import "([^"]+)";/gm);
  return [...statements, ...bare].map((match) => match[1] ?? "");
}

function importsOf(text: string): string[] {
  const calls = text.matchAll(/\b(?:import|require|getBuiltinModule)\(\s*"([^"]+)"/g);
  return [...loadedBy(text), ...[...calls].map((match) => match[1] ?? "")];
}

/** `sources` filtered to those below a folder, with each of their imports. */
function importsBelow(folder: string): { readonly path: string; readonly from: string }[] {
  const scripts = walk("integrations").filter((file) => file.path.endsWith(".mjs"));
  return [...sources, ...walk("demo/src"), ...scripts]
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ path, text }) => importsOf(text).map((from) => ({ path, from })));
}

/** Only what is there when the program runs. */
function withoutTypes(text: string): string {
  return text.replaceAll(/^(?:import|export) type\b[^;"]*?\bfrom "[^"]+";/gm, "");
}

/** The files of the first circle of imports, or nothing. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const look = (path: string, above: readonly string[]): readonly string[] => {
    if (above.includes(path)) return [...above.slice(above.indexOf(path)), path];
    if (done.has(path)) return [];
    done.add(path);
    for (const next of graph.get(path) ?? []) {
      const circle = look(next, [...above, path]);
      if (circle.length > 0) return circle;
    }
    return [];
  };
  for (const path of graph.keys()) {
    const circle = look(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

function isRelative(from: string): boolean {
  return from.startsWith(".");
}

function matching(files: readonly Source[], pattern: RegExp, reason: string): string[] {
  return files.filter(({ text }) => pattern.test(text)).map(({ path }) => `${path}: ${reason}`);
}

describe("arrows: cli, integrations → client → protocol ← daemon", () => {
  const allowed: { readonly [folder: string]: readonly string[] } = {
    "packages/cli/src/": [
      "@scure/base",
      "@scure/bip39",
      "@scure/bip39/wordlists/english.js",
      "@strongroom/client",
      "@strongroom/client/hot",
      "@strongroom/client/protocol",
      "@modelcontextprotocol/server",
      "@modelcontextprotocol/server/stdio",
      "age-encryption",
      "dotenv",
      "otpauth",
      "uqr",
    ],
    "packages/client/src/": ["env-paths", "vscode-jsonrpc", "vscode-jsonrpc/node"],
    "packages/daemon/src/": [
      // Its own file, which ships as one with all that it needs.
      "#command",
      "@strongroom/client/protocol",
      "age-encryption",
      "jose",
      "oauth4webapi",
      "pino",
      "vscode-jsonrpc",
      "vscode-jsonrpc/node",
    ],
    "demo/src/": ["@strongroom/client"],
    ...Object.fromEntries(
      // swamp brings its own Zod: nothing is installed for it.
      integrations.map((name) => [
        `integrations/${name}/`,
        ["@strongroom/client", ...(name === "swamp" ? ["npm:zod@4", "esbuild"] : [])],
      ]),
    ),
  };

  it("looks at sources and imports", () => {
    expect(sources.length).toBeGreaterThanOrEqual(AT_LEAST.sources);
    expect(importsBelow("packages/").length).toBeGreaterThanOrEqual(AT_LEAST.imports);
  });

  for (const [folder, packages] of Object.entries(allowed)) {
    it(`lets ${folder} import ${packages.join(", ")} and Node alone`, () => {
      const strangers = importsBelow(folder)
        .filter(({ from }) => !isRelative(from) && !from.startsWith("node:"))
        .filter(({ from }) => !packages.includes(from))
        .map(({ path, from }) => `${path}: imports ${from}, which the arrows of the house forbid`);
      expect(strangers).toEqual([]);
    });

    it(`lets no relative import leave ${folder}`, () => {
      const escapes = importsBelow(folder)
        .filter(({ from }) => isRelative(from))
        .filter(({ path, from }) => {
          const target = resolve(ROOT, dirname(path), from);
          return relative(resolve(ROOT, folder), target).startsWith("..");
        })
        .map(({ path, from }) => `${path}: ${from} reaches into another package`);
      expect(escapes).toEqual([]);
    });
  }

  it("keeps the protocol free of either end and of processes and sockets", () => {
    const heavy = ["child_process", "cluster", "http", "https", "net", "tls", "worker_threads"];
    const protocol = "packages/client/src/protocol/";
    const wrong = sources
      .filter(({ path }) => path.startsWith(protocol))
      .flatMap(({ path, text }) => importsOf(withoutTypes(text)).map((from) => ({ path, from })))
      .filter(({ path, from }) =>
        isRelative(from)
          ? relative(resolve(ROOT, protocol), resolve(ROOT, dirname(path), from)).startsWith("..")
          : from.startsWith("@strongroom/") || heavy.some((name) => from === `node:${name}`),
      )
      .map(({ path, from }) => `${path}: imports ${from}; both ends load the protocol`);
    expect(wrong).toEqual([]);
  });

  it("loads in no circle", () => {
    const graph = new Map(
      sources.map(({ path, text }) => [
        path,
        loadedBy(withoutTypes(text))
          .filter(isRelative)
          .map((from) => join(dirname(path), from).split(sep).join("/")),
      ]),
    );
    expect(circleIn(graph)).toEqual([]);
    expect(circleIn(new Map(Object.entries({ a: ["b"], b: ["c"], c: ["b"] })))).toEqual([
      "b",
      "c",
      "b",
    ]);
  });

  it("keeps every workspace package out of the root, where imports would climb to it", () => {
    const manifest = read("package.json");
    expect(manifest).not.toMatch(/"(?:@strongroom\/[a-z]+|strongroom)":/);
  });
});

describe("one file for one thing", () => {
  const rules: readonly {
    readonly what: string;
    readonly modules?: RegExp;
    readonly pattern?: RegExp;
    readonly within: RegExp;
    readonly only: RegExp;
    readonly reason: string;
  }[] = [
    {
      what: "the file system, in storage and keys",
      modules: /^(?:node:)?fs(?:\/promises)?$/,
      within: /^packages\/daemon\/src\/(?:storage|keys)\//,
      only: /\/storage\/node-disk\.ts$/,
      reason: "imports node:fs; the engine meets the file system through storage/disk.ts alone",
    },
    {
      what: "logging",
      modules: /^pino$/,
      within: /^packages\//,
      only: /^packages\/daemon\/src\/logging\/log\.ts$/,
      reason: "imports pino; what is logged is decided in daemon/src/logging",
    },
    {
      what: "the network",
      modules: /^(?:node:)?(?:http|https|http2|undici)$/,
      pattern: /\bfetch\(/,
      within: /^packages\//,
      // A browser comes back to the second, which asks for nothing itself.
      only: /^packages\/daemon\/src\/oauth\/(?:http|login\/loopback)\.ts$/,
      reason: "speaks HTTP; daemon/src/oauth/http.ts does, which judges whom to",
    },
    {
      what: "connecting to the network",
      modules: /^(?:node:)?(?:tls|dns|dns\/promises|dgram)$/,
      within: /^packages\//,
      only: /^packages\/daemon\/src\/oauth\/connection\.ts$/,
      reason: "connects to the network; daemon/src/oauth/connection.ts does, at a judged address",
    },
    {
      what: "meeting the daemon of a home",
      pattern: /\{[^}]*\bdial\b[^}]*\} from "\.\/dial\.ts"/,
      within: /^packages\//,
      only: /^packages\/client\/src\/look\.ts$/,
      reason: "looks at sockets alone; client/src/look.ts knows where the daemon is on Windows",
    },
    {
      what: "OAuth",
      modules: /^oauth4webapi$/,
      within: /^packages\//,
      only: /^packages\/daemon\/src\/oauth\//,
      reason: "imports oauth4webapi; daemon/src/oauth speaks to authorization servers",
    },
    {
      what: "the console",
      pattern: /\bconsole\./,
      within: /^packages\//,
      only: /^$/,
      reason: "uses the console; the daemon logs, the CLI has its output file",
    },
    {
      what: "the daemon's state",
      pattern: /^ *(?:let |static )?#?\w+: DaemonState(?: \| [^;=]+)?(?: = |;)/m,
      within: /^packages\/daemon\//,
      only: /\/state\.ts$/,
      reason: "keeps a state of its own; the one variable is in daemon/src/state.ts",
    },
    {
      what: "moving that state",
      pattern: /\bnew StateVariable\(|\bstate\.move\(/i,
      within: /^packages\/daemon\//,
      only: /\/service\.ts$/,
      reason: "moves the state; daemon/src/service.ts does",
    },
    {
      what: "naming what there is to do (main only composes)",
      pattern: /^(?:export )?(?:async )?(?:function|class|const (?!\{ run \}))/m,
      within: /\/main\.ts$/,
      only: /^$/,
      reason: "main.ts starts what other files hold, and holds nothing itself",
    },
  ];
  for (const { what, modules, pattern, within, only, reason } of rules) {
    it(`holds for ${what}`, () => {
      const inside = sources.filter(({ path }) => within.test(path));
      expect(inside.length).toBeGreaterThan(0);
      const wrong = inside
        .filter(({ path }) => !only.test(path))
        .filter(
          ({ text }) => pattern?.test(text) || importsOf(text).some((from) => modules?.test(from)),
        );
      expect(wrong.map(({ path }) => `${path}: ${reason}`)).toEqual([]);
    });
  }
});

it("lets oauth4webapi speak through our own exchange alone", () => {
  const callers = sources.filter(({ text }) => importsOf(text).includes("oauth4webapi"));
  const requests = callers.flatMap(({ path, text }) => {
    const calls = [...text.matchAll(/\b(?:await|return) \w+Request\(/g)].length;
    const spoken = [...text.matchAll(/\.\.\.speaking\(/g)].length;
    return calls === spoken ? [] : [`${path}: ${calls} requests, ${spoken} of them are judged`];
  });
  expect(requests).toEqual([]);
  expect(callers.length).toBeGreaterThanOrEqual(2);
});

describe("size", () => {
  const lengths = sources.map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }));

  it("keeps every source file at 250 lines or less", () => {
    const long = lengths.filter(({ lines }) => lines > 250);
    expect(long.map(({ path, lines }) => `${path}: ${lines} lines; one idea a file`)).toEqual([]);
  });

  it("keeps the median at 100 lines or less", () => {
    const sorted = lengths.map(({ lines }) => lines).toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThanOrEqual(100);
  });
});

/** The keys at one level of indentation of the object or interface that a line opens. */
function keysOf(text: string, opening: RegExp): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => opening.test(line));
  const end = lines.findIndex((line, index) => index > start && /^[}\]]/.test(line));
  if (start < 0) return [];
  return lines
    .slice(start + 1, end)
    .flatMap((line) => /^ {2}(?:readonly )?"?([\w/-]+)"?(?:[?:(]|,$)/.exec(line)?.[1] ?? []);
}

describe("tables", () => {
  const methods = Object.keys(METHODS);
  const handlers = "packages/daemon/src/handlers/table.ts";
  const commands = "packages/cli/src/table.ts";

  it("keeps the error table sorted", () => {
    expect(Object.keys(ERRORS)).toEqual(Object.keys(ERRORS).toSorted());
  });

  it("gives every error a number of its own", () => {
    const numbers = Object.values(ERRORS).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("keeps the methods sorted", () => {
    expect(methods.length).toBeGreaterThanOrEqual(AT_LEAST.methods);
    expect(methods).toEqual(methods.toSorted());
  });

  it("has one sorted handler for every method of the turn", () => {
    const keys = keysOf(read(handlers), /^export const \w+.* = .*\{$|^const \w+.* = .*\{$/);
    // What needs no open vault does not pass through the turn.
    const elsewhere = ["hello", "vault/lock", "vault/unlock"];
    expect(keys).toEqual(methods.filter((name) => !elsewhere.includes(name)));
  });

  it("keeps the commands sorted", () => {
    const keys = keysOf(read(commands), /^export const \w+.* = .*[{[]$/);
    expect(keys.length).toBeGreaterThanOrEqual(AT_LEAST.commands);
    expect(keys).toEqual(keys.toSorted());
  });

  it("describes every method in docs/protocol.md, and none that does not exist", () => {
    const described = [...protocolDocument.matchAll(/^### `([\w/-]+)`/gm)].map(
      (match) => match[1] ?? "",
    );
    expect(described.toSorted()).toEqual(methods);
  });

  it("lists every error with its number and exit status in docs/protocol.md", () => {
    const missing = Object.entries(ERRORS)
      .map(([code, { number, exit, retryable }]) => {
        return `| \`${code}\` | ${number} | ${exit} | ${retryable ? "yes" : "no"} |`;
      })
      .filter((row) => !protocolDocument.includes(row));
    expect(missing).toEqual([]);
    const rows = protocolDocument.match(/^\| `[A-Z_]+` \| -\d+ \|/gm) ?? [];
    expect(rows.length).toBe(Object.keys(ERRORS).length);
  });

  it("lists every limit in docs/protocol.md", () => {
    const missing = Object.entries(LIMITS)
      .map(([name, value]) => `| \`${name}\` | ${value} |`)
      .filter((row) => !protocolDocument.includes(row));
    expect(missing).toEqual([]);
  });

  it("documents the protocol that the code speaks", () => {
    expect(protocolDocument).toContain(`protocol ${PROTOCOL.max}`);
  });
});

function exportsOf(manifest: string): string {
  return JSON.stringify((JSON.parse(manifest) as { readonly exports?: unknown }).exports ?? {});
}

describe("what is exported", () => {
  // What the packages name as `exports`, and what the folders of a package name to each other.
  const named = ["client", "daemon", "cli"].flatMap((name) =>
    [...exportsOf(read(`packages/${name}/package.json`)).matchAll(/"\.\/(src\/[^"*]+\.ts)"/g)].map(
      (match) => `packages/${name}/${match[1] ?? ""}`,
    ),
  );
  const entries = sources.filter(({ path }) => path.endsWith("/index.ts") || named.includes(path));

  it("keeps the entry files to re-exports by name", () => {
    expect(entries.length).toBeGreaterThanOrEqual(3);
    const wrong = entries.flatMap(({ path, text }) => {
      const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const rest = code.replaceAll(/export (?:type )?\{[^}]*\} from "\.[^"]*";/g, "").trim();
      return rest === "" ? [] : [`${path}: more than re-exports by name: ${rest.slice(0, 60)}`];
    });
    expect(wrong).toEqual([]);
  });

  it("documents every export with a block that states its contract", () => {
    const pattern =
      /^export (?:declare |abstract |async )*(?:function\*?|class|const|let|interface|type|enum) (\w+)/;
    let seen = 0;
    const bare = sources.flatMap(({ path, text }) => {
      const lines = text.split("\n");
      return lines.flatMap((line, index) => {
        const name = pattern.exec(line)?.[1];
        if (name === undefined) return [];
        seen += 1;
        const before = lines[index - 1] ?? "";
        const isOverload = before.startsWith(`export function ${name}`);
        return before.endsWith("*/") || isOverload ? [] : [`${path}: ${name} has no /** */`];
      });
    });
    expect(bare).toEqual([]);
    expect(seen).toBeGreaterThanOrEqual(AT_LEAST.exports);
  });

  it("says one version everywhere", () => {
    const versions = ["package.json", ...["client", "daemon", "cli"].map(manifestOf)]
      .map((path) => ({ path, version: /"version": "([^"]+)"/.exec(read(path))?.[1] }))
      // Loads nothing of ours, so it has to say it again.
      .concat(
        ["packages/cli/src/quick-get.cts"].map((path) => ({
          path,
          version: /^const VERSION = "([^"]+)";/m.exec(read(path))?.[1],
        })),
      );
    expect(versions.filter(({ version }) => version !== VERSION)).toEqual([]);
  });

  // What `statSync` saw of a pipe or socket last makes Node's next `import` miss the links on its
  // way (nodejs/node issue 51142); asked for in bigints it is kept elsewhere.
  it("looks at files in bigints", () => {
    const looks = sources.flatMap(({ path, text }) =>
      [...text.matchAll(/\b[fl]?statSync\([^;]*?[);]$/gm)].map(([look]) => ({ path, look })),
    );
    expect(looks.filter(({ look }) => !look.includes("bigint: true"))).toEqual([]);
    expect(looks.length).toBeGreaterThanOrEqual(15);
  });

  it("uses what is Node's own in one file", () => {
    const users = sources.filter(({ text }) =>
      /\bprocess(?: as [^)]*\))?\.binding\b|\bbinding: Bind\b/.test(text),
    );
    expect(users.map(({ path }) => path)).toEqual(["packages/cli/src/quick-pipe.cts"]);
  });

  it("exports by name only", () => {
    expect(matching(sources, /^export default/m, "has a default export")).toEqual([]);
  });
});

describe("tests", () => {
  // These test what several files of a folder do together, under the folder's name.
  const together = [
    "test/client/protocol/transport.test.ts",
    "test/daemon/server/hazards.test.ts",
    "test/daemon/storage/damage.test.ts",
    "test/daemon/storage/faults.test.ts",
    "test/daemon/storage/golden.test.ts",
    "test/daemon/audit/crash.test.ts",
    "test/daemon/turn/crash-property.test.ts",
    "test/daemon/turn/crash.test.ts",
    "test/daemon/turn/damage.test.ts",
    "test/daemon/turn/model.test.ts",
    "test/daemon/vault/records.test.ts",
  ];

  it("mirror the source tree", () => {
    const mirrored = tests.filter(({ path }) =>
      /^test\/(?:client|daemon|cli|integrations\/[^/]+)\//.test(path),
    );
    const lost = mirrored
      .filter(({ path }) => path.endsWith(".test.ts") && !together.includes(path))
      .map(({ path }) => ({
        path,
        source: path
          .replace(/\.test\.ts$/, "")
          .replace(/^test\/(?!integrations\/)/, "packages/")
          .replace(/^test\//, "")
          .replace(/^(\w+\/[^/]+)\//, "$1/src/"),
      }))
      .filter(({ source }) => !existsSync(join(ROOT, `${source}.ts`)))
      .filter(({ source }) => !existsSync(join(ROOT, source)))
      .map(({ path, source }) => `${path}: tests ${source}.ts, which does not exist`);
    expect(lost).toEqual([]);
    expect(tests.length).toBeGreaterThanOrEqual(AT_LEAST.tests);
  });

  it("are not skipped or singled out by hand", () => {
    const others = tests.filter(({ path }) => path !== "test/structure.test.ts");
    const pattern =
      /\b(?:it|test|describe)\.(?:only|todo|fails)\b|\b(?:it|test|describe)\.skip\b(?!If)/;
    expect(matching(others, pattern, "a test is singled out")).toEqual([]);
  });
});

describe("what must not stand anywhere", () => {
  const self = "test/structure.test.ts";
  const code = [...programs, ...tests].filter(({ path }) => path !== self);
  const text = walk("").filter(({ path }) => path !== self && path !== "pnpm-lock.yaml");

  it.each([
    ["a task left for later", /\b(?:TODO|FIXME|XXX|HACK)\b/],
    ["a type switched off", /\bas any\b|: any\b|<any>|@ts-(?:ignore|nocheck|expect-error)/],
    ["a lint rule switched off", /oxlint-disable|eslint-disable/],
  ])("%s", (reason, pattern) => {
    expect(matching(code, pattern, reason)).toEqual([]);
  });

  it("a path of the machine that it was written on", () => {
    const pattern = /\/work\/|\/tmp\/wt|\/root\/|\/home\/(?!me\b)[a-z]+\/|\/Users\/[a-z]+\//;
    expect(text.length).toBeGreaterThan(30);
    expect(matching(text, pattern, "names a path of one machine")).toEqual([]);
  });
});

describe("names of files", () => {
  it("are one to three words in kebab-case", () => {
    const wrong = [...sources, ...tests]
      .map(({ path }) => path)
      .filter(
        (path) => !/^[a-z0-9]+(?:-[a-z0-9]+){0,2}(?:\.(?:d|test|program))?\.c?ts$/.test(base(path)),
      );
    expect(wrong).toEqual([]);
  });
});

function manifestOf(name: string): string {
  return `packages/${name}/package.json`;
}

function base(path: string): string {
  return path.split(sep).join("/").split("/").at(-1) ?? "";
}
