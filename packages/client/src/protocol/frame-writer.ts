/** One message as one buffer: `Content-Length` header and UTF-8 body, ready for one write. */
export function encodeFrame(jsonText: string): Buffer<ArrayBuffer> {
  const length = Buffer.byteLength(jsonText);
  const header = `Content-Length: ${length}\r\n\r\n`;
  const frame = Buffer.allocUnsafe(header.length + length);
  frame.write(header, 0, "latin1");
  frame.write(jsonText, header.length, "utf8");
  return frame;
}
