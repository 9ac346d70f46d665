import type { DataKey } from "../keys/data-key.ts";
import { isZero } from "./bytes.ts";
import type { DiskFile } from "./disk.ts";
import { announcedLength, FRAME_HEADER_BYTES, FRAME_MAGIC, openFrame } from "./frame.ts";
import type { FrameKey, OpenedFrame, Position } from "./frame.ts";
import { HEADER_BYTES, openHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { frameKey } from "./journal.ts";
import { corrupt } from "./trouble.ts";
import { Window } from "./window.ts";

const LONGEST_FRAME = 4_194_304;

/** What a journal was found to hold. */
export interface Replay {
  readonly position: Position;
  readonly frames: number;
  /** Where the last whole frame ends. */
  readonly end: number;
  /** A frame that was begun, never acknowledged, and is ignored. */
  readonly torn: boolean;
}

/** Authenticates a journal's header; `CORRUPT` also when the file is shorter than it says. */
export async function readJournalHeader(
  file: DiskFile,
  epoch: bigint,
  key: DataKey,
): Promise<Header> {
  const header = await readCutJournalHeader(file, epoch, key);
  if ((await file.size()) < Number(header.binding.readBigUInt64BE(0))) {
    throw corrupt(file.path, "it is cut short");
  }
  return header;
}

/** The same for a journal of which any part may be missing behind the header. */
export async function readCutJournalHeader(
  file: DiskFile,
  epoch: bigint,
  key: DataKey,
): Promise<Header> {
  const bytes = await file.read(0, HEADER_BYTES);
  return openHeader(bytes, { kind: "journal", epoch }, key, file.path);
}

/**
 * Hands every frame's payload to `frame`, in order. What follows the last whole frame is zeros,
 * or a torn frame that nobody was told of; anything that a crash cannot leave is `CORRUPT`.
 */
export async function replayFrames(
  file: DiskFile,
  header: Header,
  key: DataKey,
  frame: (payload: Uint8Array) => void,
  limit?: number,
): Promise<Replay> {
  const frames = frameKey(header, key);
  const window = await Window.over(file, limit);
  let { position } = header;
  let end = HEADER_BYTES;
  let count = 0;
  for (;;) {
    const opened = openAt(window, end, frames) ?? (await loadAt(window, end, frames));
    if (opened === undefined) break;
    if (!follows(opened, position)) {
      throw corrupt(
        file.path,
        `a frame is missing, doubled or moved after frame ${position.sequence}`,
      );
    }
    frame(opened.payload);
    position = { sequence: opened.sequence, tag: opened.tag };
    end += opened.length;
    count += 1;
  }
  const torn = await judgeTail(window, end, file.path);
  return { position, frames: count, end, torn };
}

function follows(frame: OpenedFrame, position: Position): boolean {
  return frame.sequence === position.sequence + 1 && frame.previousTag.equals(position.tag);
}

/** The frame at a place, as far as the window reaches; undefined needs a second look. */
function openAt(window: Window, at: number, key: FrameKey): OpenedFrame | undefined {
  const header = window.peek(at, FRAME_HEADER_BYTES);
  const length = header && announcedLength(header, key);
  const whole = length === undefined ? undefined : window.peek(at, length);
  return whole && openFrame(whole, key);
}

async function loadAt(window: Window, at: number, key: FrameKey): Promise<OpenedFrame | undefined> {
  const length = announcedLength(await window.load(at, FRAME_HEADER_BYTES), key);
  if (length === undefined || at + length > window.size) return undefined;
  return openFrame(await window.load(at, length), key);
}

/**
 * Whether a torn frame stands at the end; throws when a crash cannot have left what is there.
 * A frame is begun when the one before it is durable: where the magic of a second one stands,
 * whole or not, the first one is damaged and not torn.
 */
async function judgeTail(window: Window, end: number, path: string): Promise<boolean> {
  let torn = false;
  let at = end;
  while (at < window.size) {
    const part = await window.load(at, LONGEST_FRAME);
    if (isZero(part)) {
      at += part.length;
      continue;
    }
    torn = true;
    const last = lastNonZero(part) + at;
    if (last >= end + LONGEST_FRAME) throw corrupt(path, "there are bytes where no frame can end");
    if (part.indexOf(FRAME_MAGIC, at === end ? 1 : 0) >= 0) {
      throw corrupt(path, "a frame is damaged, and others follow it");
    }
    at += part.length < LONGEST_FRAME ? part.length : LONGEST_FRAME - FRAME_HEADER_BYTES;
  }
  return torn;
}

function lastNonZero(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at >= 0 && bytes[at] === 0) at -= 1;
  return at;
}

/** Whether a journal that was never served holds something that looks like frames. */
export async function holdsBytesAfterHeader(file: DiskFile): Promise<boolean> {
  const window = await Window.over(file);
  for (let at = HEADER_BYTES; at < window.size; at += LONGEST_FRAME) {
    if (!isZero(await window.load(at, LONGEST_FRAME))) return true;
  }
  return false;
}
