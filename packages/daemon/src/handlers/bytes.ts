import type { Metadata } from "@strongroom/client/protocol";

/** At most so many bytes that a commit record takes beside its changes. */
export const COMMIT_BYTES = 128;
// The numbers and lengths of one change, and of its figure in the request id's memory.
const CHANGE_BYTES = 64;

/** At most so many bytes that a change of a name takes in a frame, with value and metadata. */
export function changeBytes(name: string, value = "", metadata?: Metadata): number {
  return (
    CHANGE_BYTES +
    Buffer.byteLength(name) +
    // Base64 only shrinks when it is decoded.
    Buffer.byteLength(value) +
    (metadata === undefined ? 0 : Buffer.byteLength(JSON.stringify(metadata)))
  );
}
