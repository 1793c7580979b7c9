/** Place of a record in a shard. */
export interface ShardPosition {
  readonly sequence: string;
  /** Place within an aggregate, from 0; 0 for a record that stands alone. */
  readonly subSequence: number;
}

/** Writes a position as text: the sequence number, and behind a dot the place within the aggregate unless it is 0. */
export function formatPosition({ sequence, subSequence }: ShardPosition): string {
  return subSequence === 0 ? sequence : `${sequence}.${subSequence}`;
}

/** Reads what {@link formatPosition} wrote. */
export function parsePosition(text: string): ShardPosition {
  const dot = text.indexOf('.');
  return dot < 0
    ? { sequence: text, subSequence: 0 }
    : { sequence: text.slice(0, dot), subSequence: Number(text.slice(dot + 1)) };
}

/** True when `a` comes after `b`. Sequence numbers are decimal numbers of up to 57 digits. */
export function isAfter(a: ShardPosition, b: ShardPosition): boolean {
  if (a.sequence === b.sequence) return a.subSequence > b.subSequence;
  if (a.sequence.length !== b.sequence.length) return a.sequence.length > b.sequence.length;
  return a.sequence > b.sequence;
}
