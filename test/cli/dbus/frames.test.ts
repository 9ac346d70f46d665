import fc from "fast-check";
import { Frames } from "strongroom/src/dbus/frames.ts";
import { KINDS, writeMessage } from "strongroom/src/dbus/message.ts";
import type { Message } from "strongroom/src/dbus/message.ts";
import { describe, expect, it } from "vitest";

function call(member: string, value: Uint8Array): Buffer {
  const to = { path: "/a/b", interface: "x.y", destination: "x.z" };
  const message = { kind: KINDS.call, ...to, member, signature: "ay", values: [value] };
  return writeMessage(message, 7);
}

function framesOf(chunks: readonly Buffer[]): Message[] {
  const taken: Message[] = [];
  const frames = new Frames((message) => taken.push(message));
  for (const chunk of chunks) frames.add(chunk);
  return taken;
}

describe("a stream of messages", () => {
  it("is the same messages however it is cut", () => {
    const all = Buffer.concat([
      call("One", Buffer.from("1")),
      call("Two", Buffer.alloc(300, 2)),
      writeMessage({ kind: KINDS.signal, path: "/", interface: "x.y", member: "Three" }, 8),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(all.length), { maxLength: 12 }), (places) => {
        const cuts = [0, ...places.toSorted((a, b) => a - b), all.length];
        const chunks = cuts.slice(1).map((end, index) => all.subarray(cuts[index], end));
        const messages = framesOf(chunks);
        expect(messages.map(({ member }) => member)).toEqual(["One", "Two", "Three"]);
        expect(messages.map(({ body }) => body())).toEqual([
          [Buffer.from("1")],
          [Buffer.alloc(300, 2)],
          [],
        ]);
      }),
    );
  });

  it("tells the head of a message whose body is too long, keeps none of it, and goes on", () => {
    const long = call("Long", Buffer.alloc(4_194_400));
    const chunks = [];
    for (let at = 0; at < long.length; at += 65_536) chunks.push(long.subarray(at, at + 65_536));
    const [first, second] = framesOf([...chunks, call("Next", Buffer.from("n"))]);
    expect([first?.member, first?.serial]).toEqual(["Long", 7]);
    expect(() => first?.body()).toThrow(
      expect.objectContaining({ name: "org.freedesktop.DBus.Error.LimitsExceeded" }) as Error,
    );
    expect([second?.member, second?.body()]).toEqual(["Next", [Buffer.from("n")]]);
  });

  it("takes a value of 1 MiB", () => {
    const [message] = framesOf([call("Large", Buffer.alloc(1_048_576, 1))]);
    expect(message?.body()[0]).toHaveLength(1_048_576);
  });

  it.each([
    ["no message at all", Buffer.from("GET / HTTP/1.1\r\nHost: here\r\n\r\n")],
    ["fields of another type", withPath("s")],
  ])("cannot be followed any more behind %s", (_, bytes) => {
    expect(() => framesOf([bytes])).toThrow();
  });
});

/** A message whose path is said to be of another type than a path is. */
function withPath(type: string): Buffer {
  const bytes = call("One", Buffer.from("1"));
  bytes[bytes.indexOf("\x01o\0") + 1] = type.charCodeAt(0);
  return bytes;
}
