import { diag } from '@opentelemetry/api';
import type { Lease } from '../ports/leaseStore.ts';
import type { StoredProgress } from '../ports/recordReader.ts';
import { decodeOffsetMap, encodeOffsetMap } from '../tile/offsetMap.ts';
import { decodeLeaseMap } from './leaseMap.ts';
import type { ShardStart } from './readShard.ts';
import { parsePosition, type ShardPosition } from './shardPosition.ts';

/** How reading of a shard goes on from what its lease says. */
export interface Resumption {
  readonly start: ShardStart;
  /** Records up to here are finished, though the reading begins with it. */
  readonly after: ShardPosition | undefined;
  /** True when the stored progress depends on which record comes first. */
  readonly needsFirst: boolean;
  /**
   * What is handed to the consumer as stored progress.
   *
   * @param first - Position of the first record after the checkpoint; any where `needsFirst` is false.
   */
  progress(first: string): StoredProgress | undefined;
}

/**
 * Told when the map does not fit: somebody may have worked on anything that follows, and nothing of it is known to be finished.
 */
const unknown = encodeOffsetMap({ finished: [], clean: false });

/**
 * Reads a lease's checkpoint and map.
 *
 * The map counts records from the checkpoint on, so it is used only where the first record is the one it was made for: not when
 * records have been trimmed since, nor when another program has moved the checkpoint.
 *
 * @param fromMs - Time for the checkpoint `AT_TIMESTAMP`.
 */
export function resumption(lease: Lease, fromMs: number): Resumption {
  const { checkpoint, subSequence, key } = lease;
  const kept = lease.map === '' ? undefined : decodeLeaseMap(lease);
  const begun = /^\d+$/.test(checkpoint);
  const after = begun ? { sequence: checkpoint, subSequence } : undefined;
  const progress = (first: string): StoredProgress | undefined => {
    if (lease.map === '') return begun ? { nextSlot: 0, map: '' } : undefined;
    const fits = kept !== undefined && (kept.next === undefined ? isEmpty(kept.map) : kept.next === first);
    if (!fits)
      diag.warn(`the map in lease ${key} does not belong to the record at ${first}; finished tiles may repeat`);
    return { nextSlot: 0, map: fits ? kept.map : unknown };
  };
  const needsFirst = lease.map !== '' && kept?.next !== undefined;
  return { start: startOf(lease, kept?.next, fromMs), after, needsFirst, progress };
}

function startOf({ checkpoint, latestMs }: Lease, next: string | undefined, fromMs: number): ShardStart {
  if (/^\d+$/.test(checkpoint)) return { type: 'AT_SEQUENCE_NUMBER', sequence: checkpoint };
  // Work had begun before anything was finished: it goes on at the same record, not at a later `LATEST`.
  if (next !== undefined) return { type: 'AT_SEQUENCE_NUMBER', sequence: parsePosition(next).sequence };
  // Nothing had come yet: what came since is not to be skipped for a `LATEST` of now.
  if (checkpoint === 'LATEST' && latestMs !== undefined)
    return { type: 'AT_TIMESTAMP', timeMs: latestMs, isPast: true };
  if (checkpoint === 'LATEST') return { type: 'LATEST' };
  return checkpoint === 'AT_TIMESTAMP' ? { type: 'AT_TIMESTAMP', timeMs: fromMs } : { type: 'TRIM_HORIZON' };
}

function isEmpty(map: string): boolean {
  const { finished, running = [] } = decodeOffsetMap(map) ?? { finished: [0] };
  return finished.length === 0 && running.length === 0;
}
