import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { keysOf, tableOf, tomlPart, tomlText } from "strongroom/src/connect/toml-text.ts";
import { describe, expect, it } from "vitest";

const python = spawnSync("python3", ["-c", "import tomllib"]).status === 0;
const whyNot = python ? "" : " (skipped: there is no python3 with tomllib here)";

const AUTH = ["model_providers", "proxy", "auth"];
const OURS = 'command = "/usr/bin/strongroom"\nargs = ["get", "openai/key"]';

const table = fc.constantFrom(
  '[model_providers.other]\nname = "other"\n',
  "[tui]\na = [\n  [1],\n[2],\n]\n",
  "[text]\na = '''\n[model_providers.proxy.auth]\ncommand = \"no\"\n'''\n",
  '[more]\nb = """\n[model_providers.proxy]\n\\"""x"""\n',
  "# [model_providers.proxy.auth]\n",
  "[[lists]]\nx = 1\n\n[[lists]]\nx = { y = [1] }\n",
  "\n\n# about the next one\n",
  '[ model_providers . "quoted.name" ]\nname = "#no"\n',
);
const provider = '[model_providers.proxy]\nname = "proxy" # mine\nbase_url = "https://x/v1"\n';

function read(texts: readonly string[]): unknown[] {
  const program =
    "import json,sys,tomllib;print(json.dumps([tomllib.loads(t) for t in json.load(sys.stdin)]))";
  const { stdout } = spawnSync("python3", ["-c", program], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  return JSON.parse(stdout) as unknown[];
}

describe("a table of TOML", () => {
  it(`is what Python reads there afterwards, and all else is as it was${whyNot}`, () => {
    if (whyNot !== "") return;
    const part = tomlPart(AUTH);
    const samples = fc
      .sample(fc.tuple(fc.uniqueArray(table), fc.uniqueArray(table)), { numRuns: 200, seed: 7 })
      .map(([before, behind]) => {
        const fresh = behind.filter((each) => !before.includes(each));
        return `model = "x"\n${before.join("\n")}${provider}${fresh.join("")}`;
      });
    const all = samples.flatMap((text) => {
      const put = part.put(text, OURS);
      expect(part.read(put)).toBe(OURS);
      expect(part.put(put, OURS)).toBe(put);
      return [text, put, part.put(put, undefined)];
    });
    const found = read(all) as { model_providers: { proxy: object } }[];
    for (let at = 0; at < found.length; at += 3) {
      const [before, after, gone] = found.slice(at, at + 3);
      expect(gone).toEqual(before);
      const auth = { command: "/usr/bin/strongroom", args: ["get", "openai/key"] };
      const { model_providers: providers } = before ?? { model_providers: { proxy: {} } };
      const proxy = { ...providers.proxy, auth };
      expect(after).toEqual({ ...before, model_providers: { ...providers, proxy } });
    }
  });

  it("stands behind the one that it belongs to, and before what is said of the next", () => {
    const text = `${provider}\n# about tui\n[tui]\n`;
    const put = tomlPart(AUTH).put(text, OURS);
    expect(put).toBe(`${provider}\n[model_providers.proxy.auth]\n${OURS}\n\n# about tui\n[tui]\n`);
    expect(tomlPart(AUTH).put(put, undefined)).toBe(text);
  });

  it("is known by its name, however it is written", () => {
    const text = '[ "model_providers" . \'a b\' ]\nenv_key = "X"\nx.y = 1\n';
    const found = tableOf(text, ["model_providers", "a b"]);
    expect(found && keysOf(text, found)).toEqual(["env_key", "x"]);
    expect(tableOf("a = 1", ["a"])).toBeUndefined();
    expect(tomlText('a"b\\')).toBe(String.raw`"a\"b\\"`);
  });
});
