import type { Lease } from '../../../src/ports/leaseStore.ts';

/** A lease of shard `key` that nobody owns, with changes. */
export const leaseOf = (key: string, changes: Partial<Lease> = {}): Lease => ({
  key,
  owner: undefined,
  counter: 0,
  checkpoint: 'TRIM_HORIZON',
  subSequence: 0,
  map: '',
  ownerSwitches: 0,
  parents: [],
  children: [],
  hashRange: undefined,
  leavingOwner: undefined,
  stream: 'tiles',
  latestMs: undefined,
  ...changes,
});
