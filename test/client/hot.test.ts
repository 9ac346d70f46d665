import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

/** The files of vscode-jsonrpc that a process has loaded after importing these. */
function loadedBy(...specifiers: readonly string[]): readonly string[] {
  const script = `
    const { createRequire } = await import("node:module");
    for (const specifier of ${JSON.stringify(specifiers)}) await import(specifier);
    console.log(JSON.stringify(Object.keys(createRequire(import.meta.url).cache)));
  `;
  const output = execFileSync(
    process.execPath,
    ["--import", "tsx", "-C", "strongroom-source", "--input-type=module", "-e", script],
    { cwd: fileURLToPath(new URL("..", import.meta.url)), encoding: "utf8" },
  );
  return (JSON.parse(output) as string[]).filter((file) => file.includes("vscode-jsonrpc"));
}

test("neither a hot command nor the protocol loads vscode-jsonrpc", () => {
  expect(loadedBy("@strongroom/client/hot", "@strongroom/client/protocol")).toEqual([]);
  expect(loadedBy("vscode-jsonrpc/node").length).toBeGreaterThan(5);
});
