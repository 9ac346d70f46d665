import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer, type Socket } from "node:net";
import { basename, dirname, join } from "node:path";
import { encodeFrame, FrameDecoder, LIMITS, PROTOCOL, VERSION } from "@strongroom/client/protocol";
import { array, assert, integer, property, record, string } from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { throwaway } from "../support/connected.ts";
import { ROOT, type Ended, type Throwaway } from "../support/throwaway.ts";

/** What the one file that spares itself the protocol's modules does in their place. */
interface QuickGet {
  readonly VERSION: string;
  decode(received: Buffer): unknown[] | undefined;
  frame(id: number, method: string, params: object): string;
}

const FILE = join(ROOT, "packages/cli/dist/quick-get.cjs");
const quick = createRequire(import.meta.url)(FILE) as QuickGet;

describe("the short cut of get", () => {
  it("frames as the protocol does, and says the same version", () => {
    const params = { name: "é/字/😀", protocol: PROTOCOL };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "secret/get", params });
    expect(Buffer.from(quick.frame(1, "secret/get", params))).toEqual(encodeFrame(body));
    expect([quick.VERSION, PROTOCOL]).toEqual([VERSION, { min: 1, max: 1 }]);
  });

  it("takes apart what the protocol's decoder does, and waits for what is not complete", () => {
    const reply = record({ id: integer(), result: string() });
    assert(
      property(
        array(reply, { minLength: 2, maxLength: 2 }),
        integer({ min: 1 }),
        (replies, cut) => {
          const bytes = Buffer.concat(replies.map((each) => encodeFrame(JSON.stringify(each))));
          const decoder = new FrameDecoder(LIMITS.replyBytes);
          const bodies = decoder.push(bytes).map((body) => JSON.parse(body.toString()) as unknown);
          expect(quick.decode(bytes)).toEqual(bodies);
          expect(quick.decode(bytes.subarray(0, cut % bytes.length))).toBeUndefined();
        },
      ),
    );
  });

  it.each(["Content-Length: x\r\n\r\n", "Content-Length: 99999999\r\n\r\n", "X: 1\r\n\r\n{}"])(
    "throws for %j",
    (text) => {
      expect(() => quick.decode(Buffer.from(text))).toThrow("no frame");
    },
  );
});

/** Takes the short cut alone, with flags of Node's: who is sent the other way says so and leaves. */
function shortCut(place: Throwaway, ...flags: readonly string[]): Promise<Ended> {
  const program = `require(${JSON.stringify(FILE)}).main(["get", "a"], () => console.log("the thorough way"))`;
  return place.run(process.execPath, [...flags, "-e", program]);
}

describe.skipIf(process.platform === "win32")("the handle of a socket without node:net", () => {
  it("leads to the value with the Node that runs", async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    expect(await shortCut(place)).toEqual({ status: 0, stdout: "1", stderr: "" });
  });

  it("is left alone where Node would warn of it on stderr", async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    const sent = { status: 0, stdout: "the thorough way\n", stderr: "" };
    expect(await shortCut(place, "--pending-deprecation")).toEqual(sent);
  });

  it.each([
    ["hangs up at once", (socket: Socket) => void socket.destroy()],
    ["says half a reply", (socket: Socket) => void socket.end("Content-Length: 9\r\n\r\n{")],
    ["says nothing", (socket: Socket) => void socket.resume()],
  ])("takes the thorough way when who answers %s", async (_, answer) => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    const { endpoint } = place.record() ?? { endpoint: "" };
    unlinkSync(endpoint);
    const server = createServer({ allowHalfOpen: true }, answer).listen(endpoint);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    expect((await shortCut(place)).stdout).toBe("the thorough way\n");
  });

  it("takes the thorough way when nobody listens", async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    unlinkSync(place.record()?.endpoint ?? "");
    expect((await shortCut(place)).stdout).toBe("the thorough way\n");
  });
});

describe("get", () => {
  it("prints any bytes exactly, in a pipe", async () => {
    const place = throwaway();
    const large = "é".repeat(500_000);
    await place.cli(["set", "large"], large);
    expect((await place.cli(["get", "large"])).stdout).toBe(large);
  });

  it.skipIf(process.platform === "win32")(
    "goes to no vault that others may enter, and neither does set",
    async () => {
      const place = throwaway();
      await place.cli(["set", "a"], "1");
      chmodSync(join(place.home, "vault"), 0o755);
      for (const [args, input] of [
        [["get", "a"]],
        [["set", "a"], "2"],
        [["delete", "a"]],
      ] as const) {
        const { status, stdout, stderr } = await place.cli(args, input);
        expect([args[0], status, stdout]).toEqual([args[0], 4, ""]);
        expect(stderr).toContain("chmod 700");
      }
      chmodSync(join(place.home, "vault"), 0o700);
      expect((await place.cli(["get", "a"])).stdout).toBe("1");
    },
  );

  it.skipIf(process.platform === "win32")("follows no record that is cut", async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    const path = join(place.home, "vault/daemon.pid");
    const fields = JSON.parse(readFileSync(path, "utf8")) as { readonly endpoint: string };
    const met = createServer();
    const decoy = join(place.home, "decoy", basename(fields.endpoint));
    mkdirSync(dirname(decoy), { mode: 0o700 });
    let connections = 0;
    met.on("connection", (socket) => {
      connections += 1;
      socket.destroy();
    });
    met.listen(decoy);
    onTestFinished(() => void met.close());
    writeFileSync(path, JSON.stringify({ ...fields, endpoint: decoy }));
    expect((await place.cli(["get", "a"])).stdout).toBe("1");
    expect(connections).toBe(0);
  });

  it("says what is wrong at length when the short cut does not lead there", async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    const missing = await place.cli(["get", "b"]);
    expect([missing.status, missing.stderr]).toEqual([6, expect.stringContaining("NOT_FOUND")]);
    writeFileSync(join(place.home, "vault/vault.json"), `{"format":1,"id":"${"0".repeat(32)}"}\n`);
    const other = await place.cli(["get", "a"]);
    expect([other.status, other.stdout]).toEqual([8, ""]);
  });
});
