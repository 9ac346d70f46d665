import {
  encodeFrame,
  FrameDecoder,
  isMethodName,
  METHODS,
  parseParams,
  parseRequest,
  StrongroomError,
  WireError,
} from "@strongroom/client/protocol";
import type { ErrorCode } from "@strongroom/client/protocol";
import { readKeyfile } from "@strongroom/daemon/src/keys/keyfile.ts";
import { parseSlots } from "@strongroom/daemon/src/keys/slots.ts";
import { parseVault } from "@strongroom/daemon/src/keys/vault-file.ts";
import { RecordUnpacker } from "@strongroom/daemon/src/storage/records.ts";
import { VaultState } from "@strongroom/daemon/src/vault/state.ts";
import { toldOf } from "./golden.ts";
import type { GuidedTarget } from "./guided.ts";
import { hostileCall } from "./hostile-params.ts";
import { liveVault } from "./lived-vault.ts";
import { salvage } from "@strongroom/daemon/src/storage/repair.ts";
import { HOME } from "./opaque-vault.ts";
import { seededRandom } from "./random.ts";
import { HELLO, request } from "./raw-client.ts";
import { SimulatedDisk } from "./simulated-disk.ts";

const PROTOCOL = /\/packages\/client\/src\/protocol\//;
const KEYS = /\/packages\/daemon\/src\/keys\//;
const VAULT = /\/packages\/daemon\/src\/(?:vault|storage\/records)/;
const READ: readonly ErrorCode[] = ["CORRUPT", "UNSUPPORTED_FORMAT", "WRONG_KEY"];

/** Lets refusals of these codes pass. */
function allowing(error: unknown, codes: readonly ErrorCode[]): void {
  if (!(error instanceof StrongroomError) || !codes.includes(error.code)) throw error;
}

function receive(input: Buffer): void {
  try {
    for (const body of new FrameDecoder(2_097_152).push(input)) {
      const envelope = parseRequest(body);
      if (envelope.kind === "cancel" || !isMethodName(envelope.method)) continue;
      try {
        parseParams(envelope.method, envelope.params);
      } catch (error) {
        allowing(error, ["INVALID", "TOO_LARGE"]);
      }
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

function parseOr(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    allowing(error, READ);
  }
}

async function keyfile(input: Buffer): Promise<void> {
  const disk = new SimulatedDisk();
  disk.world.poke(`${HOME.config}/keyfile`, input);
  try {
    await readKeyfile(disk, `${HOME.config}/keyfile`);
  } catch (error) {
    allowing(error, READ);
  }
}

/** A state that took records is read to the last byte, as clients do. */
function takeRecords(input: Buffer): void {
  const state = new VaultState();
  parseOr(() => {
    new RecordUnpacker((record) => state.record(record)).add(input);
    toldOf(state);
  });
}

function takeFrame(input: Buffer): void {
  const state = new VaultState();
  parseOr(() => {
    state.frame(input);
    toldOf(state);
  });
}

/** Everything that takes bytes from strangers before it can know whom they are from, and records. */
export async function guidedTargets(): Promise<readonly GuidedTarget[]> {
  const { world } = await liveVault();
  const content = (name: string): Buffer =>
    world.peek(world.files().find((path) => path.endsWith(name)) ?? "");
  const records: Buffer[] = [];
  const frames: Buffer[] = [];
  await salvage({
    disk: new SimulatedDisk(world),
    home: HOME,
    sink: {
      record: (record) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(record.length);
        records.push(Buffer.concat([length, record]));
      },
      frame: (payload) => void frames.push(Buffer.from(payload)),
    },
  });
  const random = seededRandom(1);
  const below = (limit: number): number => Math.floor(random() * limit);
  const calls = Array.from({ length: 60 }, (_, id) => {
    const { method, params } = hostileCall(below);
    return encodeFrame(JSON.stringify(request(id, method, params)));
  });
  const names = Object.keys(METHODS);
  const fields = ['"name":', '"expect":', '"absent":true', '"metadata":', '"operations":', '"op":'];
  const path = "/file";
  return [
    {
      name: "wire",
      corpus: [encodeFrame(JSON.stringify(HELLO)), ...calls.filter(({ length }) => length < 2000)],
      words: [...names, ...fields, "Content-Length: ", "Content-Type: ", "\r\n\r\n", "\\ud800"],
      sources: PROTOCOL,
      run: receive,
    },
    {
      name: "key files",
      corpus: [content("/keyfile")],
      words: ["# key check ", "# strongroom vault ", "AGE-SECRET-KEY-1", "\n", "#"],
      sources: KEYS,
      run: keyfile,
    },
    {
      name: "slots.json",
      corpus: [content("/slots.json")],
      words: ['"slots":', '"format":', "2", '{"body":', '},"mac":"', "null", "[]", "{}"],
      sources: KEYS,
      run: (input) => parseOr(() => parseSlots(input, path)),
    },
    {
      name: "vault.json",
      corpus: [content("/vault.json")],
      words: ['"format":', "2", '"id":', "null", "1e1", "{}"],
      sources: KEYS,
      run: (input) => parseOr(() => parseVault(input, path)),
    },
    {
      name: "records of snapshots and backups",
      corpus: [...records, Buffer.concat(records)],
      words: ["\u0002", "\u0003", "\u0004", "\u0005", Buffer.alloc(8, 0xff), '{"tags":["t"]}'],
      sources: VAULT,
      run: takeRecords,
    },
    {
      name: "payloads of frames",
      corpus: frames,
      words: ["\u0001", "\u0007", Buffer.alloc(8, 0xff), Buffer.from([0x80, 0x80]), '{"note":"n"}'],
      sources: VAULT,
      run: takeFrame,
    },
  ];
}
