import { encodeFrame } from "@strongroom/client/protocol";
import { expect, test } from "vitest";

test("a frame is its length in bytes, an empty line and the text, in one buffer", () => {
  expect(encodeFrame('{"a":"é"}').toString()).toBe('Content-Length: 10\r\n\r\n{"a":"é"}');
  expect(encodeFrame("").toString()).toBe("Content-Length: 0\r\n\r\n");
});
