import type { OutRecord } from '../ports/recordWriter.ts';
import type { Origin } from '../tile/origin.ts';

/** One of the parts that a record too large for one event travels in; its bytes are those of all parts, in order. */
export interface DeadPart {
  /** Counts from 1. */
  readonly number: number;
  readonly count: number;
}

/** A dead letter, read back. */
export interface DeadLetter {
  readonly code: string;
  readonly message: string;
  /** Stage that failed. */
  readonly stage: string;
  /** How often the tile was tried, earlier replays included. */
  readonly attempts: number;
  readonly origin: Origin;
  /** When it was refused, in milliseconds since the epoch. */
  readonly timeMs: number;
  /** Present when `original` holds only a part of the bytes. */
  readonly part?: DeadPart;
  /** The record as it came: key, value and headers, without what swath added. */
  readonly original: OutRecord;
}

/** Type of the event that is a dead letter where records have no headers. */
export const DEAD_TYPE = 'swath.tile.dead';

/**
 * Names of the facts: `swath-dead-code`, … as headers; the same without dashes (`swathdeadcode`) as attributes of an
 * event, whose names may hold no dash.
 */
export const DEAD_PREFIX = 'swath-dead-';
