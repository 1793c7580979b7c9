import { crc32 } from 'node:zlib';

/**
 * Most slots between the oldest unfinished record and the newest one delivered.
 *
 * A plain bitset of so many bits always fits the 4096 characters that a Kafka broker keeps beside a committed offset
 * (`offset.metadata.max.bytes`): 18,432 bits are 2,304 bytes, and with the frame 3,084 characters of base64.
 */
export const spanCap = 18_432;

/** Finished records above a committed position, as they travel with the commit. */
export interface OffsetMap {
  /** Distances from the committed position (0 is the record right at it), ascending. */
  readonly finished: readonly number[];
  /** True when nothing was in flight at the commit and nothing was delivered after it by the same process. */
  readonly clean: boolean;
}

const magic = 0x5b;
const version = 1;
const kinds = { bits: 0, runs: 1, gaps: 2 } as const;
const headBytes = 3;
const checkBytes = 4;

/** Encodes a map as base64url text: the smallest of bitset, run lengths and gaps, framed by magic, version and CRC-32. */
export function encodeOffsetMap({ finished, clean }: OffsetMap): string {
  const body = [toBits(finished), toRuns(finished), toGaps(finished)];
  const kind = body.reduce((best, bytes, i) => (bytes.length < (body[best]?.length ?? 0) ? i : best), 0);
  const head = Uint8Array.of(magic, (version << 4) | kind, clean ? 1 : 0);
  const framed = Buffer.concat([head, body[kind] ?? head.subarray(0, 0), Buffer.alloc(checkBytes)]);
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
  if (first !== magic || second >> 4 !== version || flags > 1) return undefined;
  const finished = fromBody(second & 0x0f, framed.subarray(headBytes));
  return finished && { finished, clean: flags === 1 };
}

function fromBody(kind: number, body: Uint8Array): number[] | undefined {
  if (kind === kinds.bits) return fromBits(body);
  const numbers = varints(body);
  if (numbers === undefined) return undefined;
  if (kind === kinds.runs) return fromRuns(numbers);
  return kind === kinds.gaps ? fromGaps(numbers) : undefined;
}

function toBits(finished: readonly number[]): Uint8Array {
  const bits = new Uint8Array(((finished.at(-1) ?? -1) + 8) >> 3);
  for (const i of finished) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  return bits;
}

function fromBits(bits: Uint8Array): number[] | undefined {
  if (bits.length * 8 > spanCap) return undefined;
  const finished: number[] = [];
  bits.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) finished.push(at * 8 + bit);
  });
  return finished;
}

/** Lengths of runs in turn: unfinished, finished, unfinished, … */
function toRuns(finished: readonly number[]): Uint8Array {
  const lengths: number[] = [];
  let start = 0; // of the finished run being read
  let end = 0; // first slot behind the last finished run
  finished.forEach((slot, i) => {
    if (i === 0 || slot !== (finished[i - 1] ?? 0) + 1) {
      if (i > 0) lengths.push(start - end, (finished[i - 1] ?? 0) + 1 - start);
      if (i > 0) end = (finished[i - 1] ?? 0) + 1;
      start = slot;
    }
  });
  if (finished.length > 0) lengths.push(start - end, (finished.at(-1) ?? 0) + 1 - start);
  return toVarints(lengths);
}

function fromRuns(lengths: readonly number[]): number[] | undefined {
  const finished: number[] = [];
  let slot = 0;
  for (const [i, length] of lengths.entries()) {
    if (slot + length > spanCap) return undefined;
    if (i % 2 === 1) for (let k = 0; k < length; k++) finished.push(slot + k);
    slot += length;
  }
  return finished;
}

/** Unfinished slots before each finished one. */
function toGaps(finished: readonly number[]): Uint8Array {
  return toVarints(finished.map((slot, i) => slot - (i === 0 ? 0 : (finished[i - 1] ?? 0) + 1)));
}

function fromGaps(gaps: readonly number[]): number[] | undefined {
  const finished: number[] = [];
  let next = 0;
  for (const gap of gaps) {
    finished.push(next + gap);
    next += gap + 1;
    if (next > spanCap) return undefined;
  }
  return finished;
}

function toVarints(numbers: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let n of numbers) {
    for (; n > 0x7f; n >>= 7) bytes.push((n & 0x7f) | 0x80);
    bytes.push(n);
  }
  return Uint8Array.from(bytes);
}

/** Numbers of at most 21 bits; `undefined` when cut short or longer. */
function varints(bytes: Uint8Array): number[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const byte of bytes) {
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      numbers.push(value);
      value = 0;
      shift = 0;
      continue;
    }
    shift += 7;
    if (shift > 14) return undefined;
  }
  return shift === 0 ? numbers : undefined;
}
