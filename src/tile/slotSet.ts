/** Ascending slots as bytes, in the smallest of three ways; the kind says which. */
export interface SlotSet {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

const kinds = { bits: 0, runs: 1, gaps: 2 } as const;

/** Encodes ascending slots as the smallest of bitset, run lengths and gaps. */
export function encodeSlots(slots: readonly number[]): SlotSet {
  const ways = [toBits(slots), toRuns(slots), toGaps(slots)];
  const kind = ways.reduce((best, bytes, i) => (bytes.length < (ways[best]?.length ?? 0) ? i : best), 0);
  return { kind, bytes: ways[kind] ?? new Uint8Array() };
}

/**
 * Decodes what {@link encodeSlots} wrote.
 *
 * @returns Ascending slots, all below `limit`; `undefined` for bytes that cannot be such.
 */
export function decodeSlots({ kind, bytes }: SlotSet, limit: number): number[] | undefined {
  if (kind === kinds.bits) return fromBits(bytes, limit);
  const numbers = varints(bytes);
  if (numbers === undefined) return undefined;
  if (kind === kinds.runs) return fromRuns(numbers, limit);
  return kind === kinds.gaps ? fromGaps(numbers, limit) : undefined;
}

function toBits(slots: readonly number[]): Uint8Array {
  const bits = new Uint8Array(((slots.at(-1) ?? -1) + 8) >> 3);
  for (const i of slots) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  return bits;
}

function fromBits(bits: Uint8Array, limit: number): number[] | undefined {
  if (bits.length * 8 > limit) return undefined;
  const slots: number[] = [];
  bits.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) slots.push(at * 8 + bit);
  });
  return slots;
}

/** Lengths of runs in turn: absent, present, absent, … */
function toRuns(slots: readonly number[]): Uint8Array {
  const lengths: number[] = [];
  let start = 0; // of the run of present slots being read
  let end = 0; // first slot behind the last run of present ones
  slots.forEach((slot, i) => {
    if (i === 0 || slot !== (slots[i - 1] ?? 0) + 1) {
      if (i > 0) lengths.push(start - end, (slots[i - 1] ?? 0) + 1 - start);
      if (i > 0) end = (slots[i - 1] ?? 0) + 1;
      start = slot;
    }
  });
  if (slots.length > 0) lengths.push(start - end, (slots.at(-1) ?? 0) + 1 - start);
  return toVarints(lengths);
}

function fromRuns(lengths: readonly number[], limit: number): number[] | undefined {
  const slots: number[] = [];
  let slot = 0;
  for (const [i, length] of lengths.entries()) {
    if (slot + length > limit) return undefined;
    if (i % 2 === 1) for (let k = 0; k < length; k++) slots.push(slot + k);
    slot += length;
  }
  return slots;
}

/** Absent slots before each present one. */
function toGaps(slots: readonly number[]): Uint8Array {
  return toVarints(slots.map((slot, i) => slot - (i === 0 ? 0 : (slots[i - 1] ?? 0) + 1)));
}

function fromGaps(gaps: readonly number[], limit: number): number[] | undefined {
  const slots: number[] = [];
  let next = 0;
  for (const gap of gaps) {
    slots.push(next + gap);
    next += gap + 1;
    if (next > limit) return undefined;
  }
  return slots;
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
