import { crc32 } from 'node:zlib';
import { decodeRunning, encodeRunning, setHeadBytes } from './runningJobs.ts';
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
  /** For each of these the number of its job among those of its tile, from 0; absent where all are 0. */
  readonly jobs?: readonly number[];
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
const versions = { finished: 1, running: 2, jobs: 3 } as const;

/**
 * Encodes a map as base64url text of at most 4064 characters, which leaves a log's adapter 32 for its own, framed by magic, version and CRC-32.
 *
 * The finished records always fit. The running ones are counted among the unfinished, of which there are few where many are
 * finished: up to 5,800 unfinished records all of them fit, beyond that the ones nearest to the committed position; where tiles
 * have a second job, half as many. What there is to say chooses the version: what an older one can say is written as that one.
 */
export function encodeOffsetMap({ finished, running = [], jobs = [], clean, repeatsBelow }: OffsetMap): string {
  const first = encodeSlots(finished);
  if (running.length === 0 && repeatsBelow === undefined)
    return frame(versions.finished, first.kind, clean ? 1 : 0, [first.bytes]);
  const room = maxBytes - headBytes - lengthBytes - checkBytes - first.bytes.length;
  const sets = encodeRunning({ running, jobs }, finished, room);
  const lengths = Buffer.alloc(lengthBytes);
  lengths.writeUInt16BE(clean ? 0 : (repeatsBelow ?? spanCap));
  lengths.writeUInt16BE(first.bytes.length, 2);
  const [second, ...further] = sets;
  if (further.length > 0) return frame(versions.jobs, first.kind, sets.length, [lengths, first.bytes, ...joined(sets)]);
  return frame(versions.running, first.kind, second?.kind ?? 0, [
    lengths,
    first.bytes,
    second?.bytes ?? new Uint8Array(),
  ]);
}

/** Sets one after another, each behind its kind and length. */
function joined(sets: readonly SlotSet[]): Uint8Array[] {
  return sets.flatMap(({ kind, bytes }) => {
    const head = Buffer.alloc(setHeadBytes);
    head.writeUInt8(kind);
    head.writeUInt16BE(bytes.length, 1);
    return [head, bytes];
  });
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
  if (version === versions.finished) return flags > 1 ? undefined : fromFirst(second & 0x0f, flags === 1, body);
  if (version === versions.running) return fromLater(second & 0x0f, body, (bytes) => [{ kind: flags, bytes }]);
  return version === versions.jobs ? fromLater(second & 0x0f, body, (bytes) => separate(bytes, flags)) : undefined;
}

function fromFirst(kind: number, clean: boolean, bytes: Uint8Array): OffsetMap | undefined {
  const finished = decodeSlots({ kind, bytes }, spanCap);
  return finished && { finished, clean };
}

/** @param setsOf - Finds the sets of running records in what follows the finished ones. */
function fromLater(
  kind: number,
  body: Buffer,
  setsOf: (bytes: Buffer) => readonly SlotSet[] | undefined,
): OffsetMap | undefined {
  if (body.length < lengthBytes) return undefined;
  const repeatsBelow = body.readUInt16BE(0);
  const end = lengthBytes + body.readUInt16BE(2);
  const finished = decodeSlots({ kind, bytes: body.subarray(lengthBytes, end) }, spanCap);
  const sets = end > body.length ? undefined : setsOf(body.subarray(end));
  if (repeatsBelow > spanCap || finished === undefined || sets === undefined) return undefined;
  const told = decodeRunning(sets, finished, spanCap);
  if (told === undefined) return undefined;
  const { running, jobs } = told;
  const known = repeatsBelow > 0 && repeatsBelow < spanCap ? { repeatsBelow } : {};
  const numbered = jobs.some((job) => job > 0) && { jobs };
  return { finished, ...(running.length > 0 && { running }), ...numbered, clean: repeatsBelow === 0, ...known };
}

/** So many sets that stand one after another; `undefined` where they end before or behind the bytes. */
function separate(bytes: Buffer, count: number): readonly SlotSet[] | undefined {
  const sets: SlotSet[] = [];
  let at = 0;
  while (sets.length < count) {
    if (at + setHeadBytes > bytes.length) return undefined;
    const begin = at + setHeadBytes;
    at = begin + bytes.readUInt16BE(at + 1);
    if (at > bytes.length) return undefined;
    sets.push({ kind: bytes.readUInt8(begin - setHeadBytes), bytes: bytes.subarray(begin, at) });
  }
  return at === bytes.length ? sets : undefined;
}
