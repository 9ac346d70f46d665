import { parseReply, parseRequest, WireError } from "@strongroom/client/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { COUNTED_MS, printCount, size } from "../../support/size.ts";

function outcome(parse: (body: Buffer) => unknown, body: string | Buffer): unknown {
  try {
    return parse(typeof body === "string" ? Buffer.from(body) : body);
  } catch (error) {
    if (error instanceof WireError) return error.fault;
    throw error;
  }
}
const request = (members: string): unknown => outcome(parseRequest, `{"jsonrpc":"2.0",${members}}`);
const reply = (members: string): unknown => outcome(parseReply, `{"jsonrpc":"2.0",${members}}`);
const elements = (count: number): string => `{"names":[${"0,".repeat(count - 1)}0]}`;
const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

describe("parseRequest", () => {
  test("takes integers and strings of up to 64 bytes as ids", () => {
    for (const id of ["0", "-1", "7", '"7"', '""', JSON.stringify("é".repeat(32))])
      expect(request(`"id":${id},"method":"m"`)).toMatchObject({ id: JSON.parse(id) as unknown });
    for (const id of ["null", "1.5", "1e300", "true", "[1]", "{}", `"${"x".repeat(65)}"`])
      expect(request(`"id":${id},"method":"m"`)).toBe("id");
  });

  test("hands params on unjudged", () => {
    expect(request('"id":1,"method":"m","params":[1]')).toMatchObject({ params: [1] });
    expect(request('"id":1,"method":"m"')).toMatchObject({ params: undefined });
  });

  test("J10: refuses another version, no version, a batch and what is no object", () => {
    expect(outcome(parseRequest, '{"jsonrpc":"1.0","id":1,"method":"m"}')).toBe("envelope");
    expect(outcome(parseRequest, '{"id":1,"method":"m"}')).toBe("envelope");
    expect(outcome(parseRequest, '[{"jsonrpc":"2.0","id":1,"method":"m"}]')).toBe("batch");
    for (const text of ["1", "null", '"text"', "true"])
      expect(outcome(parseRequest, text)).toBe("envelope");
    expect(request('"id":1,"method":7')).toBe("envelope");
    expect(request('"id":1')).toBe("envelope");
  });

  test("refuses responses", () => {
    expect(request('"id":1,"result":1')).toBe("response");
    expect(request('"id":1,"method":"m","error":{}')).toBe("response");
  });

  test("J11: takes a cancellation with an id and no other notification", () => {
    expect(request('"method":"$/cancelRequest","params":{"id":7}')).toEqual({
      kind: "cancel",
      id: 7,
    });
    expect(request('"method":"$/cancelRequest"')).toBe("notification");
    expect(request('"method":"$/cancelRequest","params":null')).toBe("notification");
    expect(request('"method":"$/cancelRequest","params":[7]')).toBe("notification");
    expect(request('"method":"$/cancelRequest","params":{}')).toBe("id");
    expect(request('"method":"$/setTrace","params":{"value":"verbose"}')).toBe("notification");
    expect(request('"method":"secret/get","params":{"name":"a"}')).toBe("notification");
  });

  test("takes 32 levels and refuses the 33rd before JSON.parse sees it", () => {
    expect(request(`"id":1,"method":"m","params":${nested(31)}`)).toMatchObject({ id: 1 });
    expect(request(`"id":1,"method":"m","params":${nested(32)}`)).toBe("depth");
    expect(outcome(parseRequest, "[".repeat(2_000_000))).toBe("depth");
    expect(
      request(`"id":1,"method":"m","params":{"a":"${"[{".repeat(99)}\\\\\\"["}`),
    ).toMatchObject({ id: 1 });
  });

  test("takes 100 000 members and elements and refuses more before JSON.parse sees them", () => {
    expect(request(`"id":1,"method":"m","params":${elements(99_990)}`)).toMatchObject({ id: 1 });
    expect(request(`"id":1,"method":"m","params":${elements(100_001)}`)).toBe("json-parts");
    expect(request(`"id":1,"method":"m","params":["${",{[".repeat(100_000)}"]`)).toMatchObject({
      id: 1,
    });
    expect(reply(`"id":1,"result":[${"{},".repeat(200_000)}0]`)).toMatchObject({ id: 1 });
  });

  test("J5, J6: refuses bytes that are no UTF-8 and text that is no JSON, without quoting it", () => {
    expect(outcome(parseRequest, Buffer.from([0x22, 0xff, 0x22]))).toBe("utf8");
    for (const text of ["", "canary", '{"canary', '"canary\\"', "{", "nul"]) {
      expect(outcome(parseRequest, text)).toBe("json");
    }
    try {
      parseRequest(Buffer.from("canary-secret"));
      expect.unreachable();
    } catch (error) {
      expect(String((error as Error).stack)).not.toContain("canary-secret");
      expect((error as Error).cause).toBeUndefined();
    }
  });

  test(
    "never throws anything but a WireError, on any bytes or any JSON",
    { timeout: COUNTED_MS },
    () => {
      const full = 200_000;
      const runs = size(4000, full);
      const members = fc.record(
        {
          jsonrpc: fc.constantFrom("2.0", "1.0"),
          id: fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double()),
          method: fc.oneof(fc.constantFrom("hello", "$/cancelRequest"), fc.jsonValue()),
          params: fc.jsonValue(),
          result: fc.jsonValue(),
        },
        { requiredKeys: [] },
      );
      const body = fc.oneof(
        fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
        fc.string({ maxLength: 80 }).map((text) => Buffer.from(text)),
        members.map((message) => Buffer.from(JSON.stringify(message))),
      );
      fc.assert(
        fc.property(body, (bytes) => {
          expect(["string", "object"]).toContain(typeof outcome(parseRequest, bytes));
          expect(["string", "object"]).toContain(typeof outcome(parseReply, bytes));
        }),
        { numRuns: runs },
      );
      printCount("envelopes", runs, full);
    },
  );
});

describe("parseReply", () => {
  test("takes a result or an error, not both and not neither", () => {
    expect(reply('"id":1,"result":null')).toEqual({ id: 1, result: null });
    expect(
      reply('"id":"a","error":{"code":-32603,"message":"m","data":{"code":"INTERNAL"}}'),
    ).toEqual({ id: "a", error: { code: -32603, message: "m", data: { code: "INTERNAL" } } });
    expect(reply('"id":1')).toBe("envelope");
    expect(reply('"id":1,"result":1,"error":{"code":1,"message":"m"}')).toBe("envelope");
    expect(reply('"id":1,"error":"canary"')).toBe("envelope");
    expect(reply('"id":1,"error":{"code":"x","message":"m"}')).toBe("envelope");
    expect(reply('"id":1,"method":"m"')).toBe("envelope");
    expect(reply('"id":null,"result":1')).toBe("id");
  });
});
