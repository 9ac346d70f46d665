const MAGIC = Buffer.from("SRFRAME1", "latin1");
const OVERHEAD_BYTES = 72;

/** Where a frame lies in a journal. */
export interface FramePlace {
  readonly from: number;
  readonly to: number;
}

/** The frames in a journal's bytes, found by their magic and the length in their headers. */
export function framePlaces(journal: Buffer): readonly FramePlace[] {
  const places: FramePlace[] = [];
  for (let from = journal.indexOf(MAGIC); from >= 0; from = journal.indexOf(MAGIC, from + 1)) {
    places.push({ from, to: from + OVERHEAD_BYTES + journal.readUInt32BE(from + 32) });
  }
  return places;
}

/** A journal whose frames stand in another order, some doubled or left out; same size. */
export function rearranged(journal: Buffer, order: readonly number[]): Buffer {
  const places = framePlaces(journal);
  const first = places[0]?.from ?? journal.length;
  const parts = order.map((index) => {
    const place = places[index];
    if (place === undefined) throw new TypeError(`there is no frame ${index}`);
    return journal.subarray(place.from, place.to);
  });
  const result = Buffer.alloc(journal.length);
  Buffer.concat([journal.subarray(0, first), ...parts]).copy(result);
  return result;
}
