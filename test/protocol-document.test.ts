import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ROOT, Throwaway } from "./support/throwaway.ts";

const text = readFileSync(join(ROOT, "docs/protocol.md"), "utf8");

/** The code blocks of one side, as the bytes that they stand for. */
function blocks(side: "client" | "daemon"): string[] {
  return [...text.matchAll(/^```(client|daemon)\n([\s\S]*?)\n```$/gm)]
    .filter((match) => match[1] === side)
    .map((match) => (match[2] ?? "").replace("\n\n", "\r\n\r\n"));
}

/** What differs from run to run, put back to what the page shows; as many bytes as before. */
function settled(answer: string, vault: string): string {
  return answer
    .replace(/"vault":"[0-9a-f]{32}"/, `"vault":"${vault}"`)
    .replace(/"updatedAt":\d{13}/, `"updatedAt":${/"updatedAt":(\d+)/.exec(text)?.[1]}`);
}

let place: Throwaway | undefined;
afterEach(async () => {
  await place?.remove();
});

describe("the exchange of docs/protocol.md", () => {
  it("is what a daemon answers, byte for byte", async () => {
    place = new Throwaway();
    await place.cli(["init"]);
    const requests = blocks("client");
    const answers = blocks("daemon");
    expect(requests.length).toBeGreaterThanOrEqual(4);
    expect(answers.length).toBe(requests.length);
    const vault = /"vault":"([0-9a-f]{32})"/.exec(text)?.[1] ?? "";

    const socket = connect(place.record()?.endpoint ?? "");
    let received = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => (received += chunk));
    for (const [index, request] of requests.entries()) {
      const expected = answers[index] ?? "";
      received = "";
      socket.write(request);
      await expect.poll(() => settled(received, vault), { timeout: 10_000 }).toBe(expected);
    }
    socket.destroy();
  });

  it("counts its own bytes rightly", () => {
    for (const block of [...blocks("client"), ...blocks("daemon")]) {
      const [header, body = ""] = block.split("\r\n\r\n");
      expect(header).toBe(`Content-Length: ${Buffer.byteLength(body)}`);
    }
  });
});
