/** Where reading starts that nobody has begun, or that all is read. Any other checkpoint is a sequence number. */
export type LeaseMark = 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP' | 'SHARD_END';

/** Progress of a shard, as its lease keeps it. */
export interface LeaseProgress {
  /** Sequence number of the last finished record, or a {@link LeaseMark}. */
  readonly checkpoint: string;
  /** Place of that record within its aggregate, from 0. */
  readonly subSequence: number;
  /** What swath keeps beside the checkpoint; other readers of the table ignore it. Empty where there is nothing. */
  readonly map: string;
}

/** The right to read one shard: who holds it keeps the counter moving. */
export interface Lease extends LeaseProgress {
  /** Name of the shard. */
  readonly key: string;
  readonly owner: string | undefined;
  /** Grows with every write; a write counts only if nobody else wrote since. */
  readonly counter: number;
  /** How often the owner changed since the last checkpoint. */
  readonly ownerSwitches: number;
  readonly parents: readonly string[];
  readonly children: readonly string[];
  /** Range of hash keys of the shard, as decimal numbers. */
  readonly hashRange: { readonly start: string; readonly end: string } | undefined;
  /** The owner before, while it still finishes what it had read. */
  readonly leavingOwner: string | undefined;
  /** Stream that the lease belongs to; absent where another program made the lease. */
  readonly stream: string | undefined;
  /** What `LATEST` stood for when the shard was first read, in milliseconds since the epoch by the log's own clock. */
  readonly latestMs: number | undefined;
}

/** A lease that does not exist yet. */
export type NewLease = Pick<Lease, 'key' | 'checkpoint' | 'parents' | 'hashRange' | 'stream'>;

/**
 * Leases that several processes share. Adapters and fakes of it pass one contract suite.
 *
 * Every change is made only if the lease is still as it was seen, and answers the lease as it is then; `undefined` says that
 * somebody else was faster.
 *
 * @throws ServiceError from every method when the store cannot be reached or refuses.
 */
export interface LeaseStore {
  /** Makes the place for leases if there is none. */
  prepare(): Promise<void>;
  /** All leases, none of them older than the call. */
  list(): Promise<Lease[]>;
  /** The lease of this name as it is now. */
  find(key: string): Promise<Lease | undefined>;
  /** Answers false when there is one of this name. */
  create(lease: NewLease): Promise<boolean>;
  /** Makes it the lease of `owner` alone: an owner before, who was still to finish, has had its time. */
  take(seen: Lease, owner: string): Promise<Lease | undefined>;
  renew(held: Lease): Promise<Lease | undefined>;
  /** Keeps the time that `LATEST` stands for from now on; it is dropped with the first other checkpoint. */
  begin(held: Lease, latestMs: number): Promise<Lease | undefined>;
  /** Keeps progress, and at the end of a shard the names of its children. */
  checkpoint(held: Lease, progress: LeaseProgress, children?: readonly string[]): Promise<Lease | undefined>;
  /** Gives the lease up, so that the next one need not wait. */
  release(held: Lease): Promise<Lease | undefined>;
  /** Answers false when somebody else wrote it since. */
  remove(seen: Lease): Promise<boolean>;
  /** Frees sockets. Idempotent. */
  close(): void;
}
