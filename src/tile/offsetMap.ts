import { crc32 } from 'node:zlib';
import { decodeSlots, encodeSlots, type SlotSet } from './slotSet.ts';

/**
 * Most slots between the oldest unfinished record and the newest one delivered.
 *
 * A plain bitset of so many bits always fits the 4096 characters that a Kafka broker keeps beside a committed offset
 * (`offset.metadata.max.bytes`): 18,432 bits are 2,304 bytes, and with the frame 3,084 characters of base64.
 */
export const spanCap = 18_432;

/** What is known of the records above a committed position, as it travels with the commit. */
export interface OffsetMap {
  /** Finished records: distances from the committed position (0 is the record right at it), ascending. */
  readonly finished: readonly number[];
  /** Unfinished records whose job an endpoint had accepted, likewise; absent where there are none. */
  readonly running?: readonly number[];
  /** True when nothing was in flight at the commit, and nothing above the position was ever delivered. */
  readonly clean: boolean;
  /** Where it is not clean: distance below which records may have been delivered before; absent is {@link spanCap}. */
  readonly repeatsBelow?: number;
}

const magic = 0x5b;
const headBytes = 3;
const lengthBytes = 4;
const checkBytes = 4;
const maxBytes = 3_048; // 4064 characters of base64

/**
 * Encodes a map as base64url text of at most 4064 characters, which leaves a log's adapter 32 for its own, framed by magic, version and CRC-32.
 *
 * The finished records always fit. The running ones are counted among the unfinished, of which there are few where many are
 * finished: up to 6,000 unfinished records all of them fit, beyond that the ones nearest to the committed position.
 */
export function encodeOffsetMap({ finished, running = [], clean, repeatsBelow }: OffsetMap): string {
  const first = encodeSlots(finished);
  if (running.length === 0 && repeatsBelow === undefined) return frame(1, first.kind, clean ? 1 : 0, [first.bytes]);
  const room = maxBytes - headBytes - lengthBytes - checkBytes - first.bytes.length;
  const second = encodeFitting(toRanks(running, finished), room);
  const lengths = Buffer.alloc(lengthBytes);
  lengths.writeUInt16BE(clean ? 0 : (repeatsBelow ?? spanCap));
  lengths.writeUInt16BE(first.bytes.length, 2);
  return frame(2, first.kind, second.kind, [lengths, first.bytes, second.bytes]);
}

function frame(version: number, kind: number, flags: number, body: readonly Uint8Array[]): string {
  const framed = Buffer.concat([Uint8Array.of(magic, (version << 4) | kind, flags), ...body, Buffer.alloc(checkBytes)]);
  framed.writeUInt32BE(crc32(framed.subarray(0, -checkBytes)), framed.length - checkBytes);
  return framed.toString('base64url');
}

/** Decodes what {@link encodeOffsetMap} wrote; answers `undefined` for anything else, which only repeats work. */
export function decodeOffsetMap(text: string): OffsetMap | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < headBytes + checkBytes || bytes.toString('base64url') !== text) return undefined;
  const framed = bytes.subarray(0, -checkBytes);
  if (bytes.readUInt32BE(framed.length) !== crc32(framed)) return undefined;
  const [first, second = 0, flags = 0] = framed;
  if (first !== magic) return undefined;
  const body = framed.subarray(headBytes);
  const version = second >> 4;
  if (version === 1) return flags > 1 ? undefined : fromFirst(second & 0x0f, flags === 1, body);
  return version === 2 ? fromSecond(second & 0x0f, flags, body) : undefined;
}

function fromFirst(kind: number, clean: boolean, bytes: Uint8Array): OffsetMap | undefined {
  const finished = decodeSlots({ kind, bytes }, spanCap);
  return finished && { finished, clean };
}

function fromSecond(kind: number, rankKind: number, body: Buffer): OffsetMap | undefined {
  if (body.length < lengthBytes) return undefined;
  const repeatsBelow = body.readUInt16BE(0);
  const end = lengthBytes + body.readUInt16BE(2);
  const finished = decodeSlots({ kind, bytes: body.subarray(lengthBytes, end) }, spanCap);
  const ranks = decodeSlots({ kind: rankKind, bytes: body.subarray(end) }, spanCap);
  if (end > body.length || repeatsBelow > spanCap || finished === undefined || ranks === undefined) return undefined;
  const running = fromRanks(ranks, finished);
  if ((running.at(-1) ?? 0) >= spanCap) return undefined;
  const known = repeatsBelow > 0 && repeatsBelow < spanCap ? { repeatsBelow } : {};
  return { finished, ...(running.length > 0 && { running }), clean: repeatsBelow === 0, ...known };
}

/** Encodes as many of the slots, from the first on, as fit. */
function encodeFitting(slots: readonly number[], room: number): SlotSet {
  const whole = encodeSlots(slots);
  if (whole.bytes.length <= room) return whole;
  let best = encodeSlots([]);
  let [low, high] = [0, slots.length]; // so many fit, so many do not
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    const part = encodeSlots(slots.slice(0, middle));
    if (part.bytes.length <= room) [low, best] = [middle, part];
    else high = middle;
  }
  return best;
}

/** Places of unfinished slots among the unfinished ones. */
function toRanks(slots: readonly number[], finished: readonly number[]): number[] {
  let below = 0; // finished slots below the current one
  return slots.map((slot) => {
    while ((finished[below] ?? slot) < slot) below += 1;
    return slot - below;
  });
}

function fromRanks(ranks: readonly number[], finished: readonly number[]): number[] {
  let below = 0;
  return ranks.map((rank) => {
    while ((finished[below] ?? Number.POSITIVE_INFINITY) <= rank + below) below += 1;
    return rank + below;
  });
}
