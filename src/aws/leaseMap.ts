import type { Lease } from '../ports/leaseStore.ts';

/** The map of finished records as it lies in a lease, with what tells whether it still belongs there. */
export interface LeaseMap {
  /** Position of the first record after the checkpoint, as far as it was known. */
  readonly next: string | undefined;
  /** The map as it was committed. */
  readonly map: string;
}

const version = 1;

/** Writes a map for the lease that gets this checkpoint. */
export function encodeLeaseMap({ next, map }: LeaseMap, checkpoint: Pick<Lease, 'checkpoint' | 'subSequence'>): string {
  return JSON.stringify({ version, checkpoint: checkpoint.checkpoint, sub: checkpoint.subSequence, next, map });
}

/**
 * Reads the map of a lease.
 *
 * @returns `undefined` when it is damaged, of another version, or belongs to another checkpoint: then another program has
 * read on from there in the meantime.
 */
export function decodeLeaseMap({ map: text, checkpoint, subSequence }: Lease): LeaseMap | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof said !== 'object' || said === null) return undefined;
  const fields = said as Readonly<Record<string, unknown>>;
  const { next, map } = { next: fields['next'], map: fields['map'] };
  const ours = fields['version'] === version && fields['checkpoint'] === checkpoint && fields['sub'] === subSequence;
  if (!ours || typeof map !== 'string' || (next !== undefined && typeof next !== 'string')) return undefined;
  return { next, map };
}
