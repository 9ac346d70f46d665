import { encodeFrame, FrameDecoder, WireError } from "@strongroom/client/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { COUNTED_MS, printCount, size } from "../../support/size.ts";

const MAX = 1000;

function fault(bytes: string | Buffer, max: number = MAX): string {
  try {
    new FrameDecoder(max).push(Buffer.from(bytes as string, "latin1"));
  } catch (error) {
    if (error instanceof WireError) return error.fault;
    throw error;
  }
  return "none";
}

describe("FrameDecoder", () => {
  test("gives back what was encoded, wherever the stream is cut", { timeout: COUNTED_MS }, () => {
    const texts = fc.array(fc.string({ unit: "binary", maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(texts, fc.array(fc.nat(400), { minLength: 1, maxLength: 40 }), (sent, cuts) => {
        const decoder = new FrameDecoder(4096);
        const stream = Buffer.concat(sent.map(encodeFrame));
        const received: string[] = [];
        let at = 0;
        for (let turn = 0; at < stream.length; turn += 1) {
          const end = Math.min(stream.length, at + 1 + (cuts[turn % cuts.length] ?? 0));
          for (const body of decoder.push(stream.subarray(at, end))) received.push(String(body));
          at = end;
        }
        expect(received).toEqual(sent.map((text) => Buffer.from(text).toString()));
        expect(decoder.partial).toBe(false);
      }),
      { numRuns: size(300, 20_000) },
    );
  });

  test("takes the Content-Type that LSP clients send, before or after the length", () => {
    const type = "Content-Type: application/vscode-jsonrpc; charset=";
    for (const charset of ["utf-8", "utf8", "UTF-8"]) {
      expect(fault(`Content-Length: 2\r\n${type}${charset}\r\n\r\n{}`)).toBe("none");
      expect(fault(`${type}${charset}\r\nContent-Length: 2\r\n\r\n{}`)).toBe("none");
    }
    expect(fault(`Content-Length: 2\r\n${type}latin1\r\n\r\n{}`)).toBe("header");
  });

  test.each(["-5", "+5", "2abc", "0x10", "1e3", "5.0", " 5", "5 ", "05", "", "NaN", "٣"])(
    "J3: refuses a length of %j",
    (length) => {
      expect(fault(`Content-Length: ${length}\r\n\r\n{}`)).toBe("header");
    },
  );

  test("J3: refuses a length given twice, and any other header", () => {
    expect(fault("Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}")).toBe("header");
    expect(fault("Content-Length: 2\r\nX-Other: 1\r\n\r\n{}")).toBe("header");
    expect(fault("Content-Type: a; charset=utf8\r\n\r\n{}")).toBe("header");
    expect(fault("\r\n\r\n")).toBe("header");
  });

  test("J2: refuses a body above the cap when the header is read, and reserves nothing for it", () => {
    expect(fault("Content-Length: 1001\r\n\r\n")).toBe("body-length");
    expect(fault("Content-Length: 999999999\r\n\r\n")).toBe("body-length");
    expect(fault("Content-Length: 99999999999\r\n\r\n")).toBe("header");
    expect(fault("Content-Length: 1000\r\n\r\n")).toBe("none");
  });

  test("J1: refuses a header at its 257th byte, so a flood of header bytes costs no more", () => {
    expect(fault("x".repeat(256))).toBe("none");
    expect(fault("x".repeat(257))).toBe("header-length");
    const decoder = new FrameDecoder(MAX);
    expect(() => decoder.push(Buffer.alloc(40_000_000, 0x41))).toThrow(WireError);
    expect(decoder.steps).toBeLessThanOrEqual(256);
  });

  test("J1: looks at every byte once, though a frame comes byte by byte", () => {
    const body = "x".repeat(200_000);
    const frame = encodeFrame(body);
    const decoder = new FrameDecoder(2_097_152);
    let frames = 0;
    for (let at = 0; at < frame.length; at += 1)
      frames += decoder.push(frame.subarray(at, at + 1)).length;
    expect(frames).toBe(1);
    expect(decoder.steps).toBeLessThan(3 * frame.length);
  });

  test("says only a code, never the bytes that it refused", () => {
    try {
      new FrameDecoder(MAX).push(Buffer.from("Content-Length: canary\r\n\r\n"));
      expect.unreachable();
    } catch (error) {
      expect(String((error as Error).stack)).not.toContain("canary");
      expect((error as Error).message).toBe("refused by the wire guard: header");
    }
  });

  test("survives random bytes and damaged frames in random cuts", { timeout: COUNTED_MS }, () => {
    const full = 1_000_000;
    const runs = size(20_000, full);
    let refused = 0;
    let state = 20_261_123;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    for (let run = 0; run < runs; run += 1) {
      const bytes = Buffer.from(
        'Content-Length: 17\r\n\r\n{"jsonrpc":"2.0"}Content-Length: 2\r\n\r\n{}',
      );
      for (let n = random(4); n >= 0; n -= 1) bytes[random(bytes.length)] = random(256);
      const decoder = new FrameDecoder(64);
      try {
        for (let at = 0; at < bytes.length;) {
          const end = at + 1 + random(30);
          decoder.push(bytes.subarray(at, end));
          at = end;
        }
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        refused += 1;
      }
    }
    printCount(`damaged frames, seed 20261123, ${refused} refused, 0 crashes`, runs, full);
    expect(refused).toBeGreaterThan(runs / 4);
    expect(refused).toBeLessThan(runs);
  });
});
