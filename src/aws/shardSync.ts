import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { diag } from '@opentelemetry/api';
import { SourceError } from '../errors/sourceError.ts';
import { toSwathError } from '../errors/toSwathError.ts';
import type { Lease, LeaseStore, NewLease } from '../ports/leaseStore.ts';
import { listShards } from './listShards.ts';
import { planLeases, planRemovals, type StartMark } from './planLeases.ts';
import type { Shard } from './shard.ts';
import type { Timing } from './timing.ts';

/** Options of {@link ShardSync}. */
export interface ShardSyncOptions {
  readonly client: KinesisClient;
  readonly stream: string;
  readonly store: LeaseStore;
  /** Name of the table, for messages. */
  readonly leaseTable: string;
  readonly start: StartMark;
  readonly timing: Timing;
  /** Aborted when nothing is read any more. */
  readonly stopped: AbortSignal;
}

const looks = 5;
const lookAgainMs = 1_000;

/** Keeps the leases in step with the shards of a stream. */
export class ShardSync {
  readonly #options: ShardSyncOptions;

  constructor(options: ShardSyncOptions) {
    this.#options = options;
  }

  /** All shards that the stream still has. @throws SourceError when there is no such stream. */
  shards(): Promise<Shard[]> {
    const { client, stream } = this.#options;
    return listShards(client, stream);
  }

  /**
   * Makes the leases that are missing, and removes those that nobody needs any more.
   *
   * @param more - Shards known from elsewhere, which the list may not name yet.
   * @returns The shards.
   * @throws SourceError when the table keeps the leases of another stream.
   */
  async run(more: readonly Shard[] = []): Promise<Shard[]> {
    const { stream, store, start } = this.#options;
    const { listed, leases } = await this.#look();
    const shards = [...listed, ...more.filter(({ id }) => listed.every((shard) => shard.id !== id))];
    await this.#create(planLeases(shards, leases, start, stream), leases);
    for (const lease of planRemovals(shards, leases)) await store.remove(lease);
    return shards;
  }

  /**
   * Does so again and again, until nothing is read any more.
   *
   * @param failed - Called once, when it is refused for good.
   */
  async keepInStep(everyMs: number, failed: (error: unknown) => void): Promise<void> {
    const { stream, timing, stopped } = this.#options;
    for (;;) {
      await timing.sleep(everyMs, stopped);
      if (stopped.aborted) return;
      try {
        await this.run();
      } catch (error) {
        if (stopped.aborted) return;
        if (!toSwathError(error).retryable) return failed(error);
        diag.warn(`looking for new shards of ${stream} waits: ${toSwathError(error).message}`);
      }
    }
  }

  /**
   * What is there already was made by another process. An item that is no lease would keep its shard from everybody, in silence.
   *
   * Two streams may have found one table empty at the same moment: whoever sees leases of both gives way, so that the table never keeps both.
   */
  async #create(missing: readonly NewLease[], before: readonly Lease[]): Promise<void> {
    const { stream, store, leaseTable } = this.#options;
    const isFirst = before.every((lease) => lease.stream !== stream);
    const made: string[] = [];
    const there: string[] = [];
    for (const lease of missing) {
      const isMade = await store.create(lease);
      (isMade ? made : there).push(lease.key);
      // Shards of two streams often have the same names: who comes second then has made nothing yet.
      if (!isMade && there.length === 1 && isOfAnother(await store.find(lease.key), stream)) break;
    }
    if (missing.length === 0 || (there.length === 0 && !isFirst)) return;
    const leases = await store.list();
    const foreign = leases.find((lease) => isOfAnother(lease, stream));
    if (foreign !== undefined && isFirst) {
      await Promise.all(made.map((key) => this.#withdraw(key)));
      throw this.#belongsTo(foreign);
    }
    const readable = new Set(leases.map(({ key }) => key));
    const odd = there.find((key) => !readable.has(key));
    if (odd === undefined) return;
    const message = `the item ${odd} of the lease table ${leaseTable} is not a lease that can be read: leaseCounter must be a number, checkpoint a sequence number or a mark like TRIM_HORIZON; mend or remove it`;
    throw new SourceError('SOURCE_FAILED', stream, message);
  }

  /** Removes a lease of ours, although another worker may have taken it since. */
  async #withdraw(key: string): Promise<void> {
    const { stream, store } = this.#options;
    for (let attempt = 1; attempt <= looks; attempt++) {
      const lease = await store.find(key);
      if (lease === undefined || lease.stream !== stream || (await store.remove(lease))) return;
    }
  }

  /**
   * Lists shards and leases.
   *
   * @throws SourceError when the leases are of another stream, and when a shard takes records that is finished by its lease: it
   * has the name of one of an older stream, and nobody would ever read it.
   */
  async #look(): Promise<{ readonly listed: readonly Shard[]; readonly leases: readonly Lease[] }> {
    const { stream, store, timing, stopped } = this.#options;
    for (let look = 1; ; look++) {
      const listed = await this.shards();
      const leases = await store.list();
      const foreign = leases.find((lease) => isOfAnother(lease, stream));
      const isMixed = foreign !== undefined && leases.some((lease) => lease.stream === stream);
      if (foreign !== undefined && !isMixed) throw this.#belongsTo(foreign);
      const wrong = isMixed ? this.#mixedWith(foreign) : this.#finishedYetOpen(listed, leases);
      if (wrong === undefined || stopped.aborted) return { listed, leases };
      if (look === looks) throw wrong;
      // The shards were listed before the leases, and what closed a moment ago may still be listed as open. Another stream that was
      // too late may be about to withdraw.
      await timing.sleep(lookAgainMs, stopped);
    }
  }

  #belongsTo(lease: Lease): SourceError {
    const { stream, leaseTable } = this.#options;
    const message = `the lease table ${leaseTable} keeps the leases of stream ${lease.stream}; give stream ${stream} a table of its own (kinesis.leaseTable)`;
    return new SourceError('SOURCE_FAILED', stream, message);
  }

  #mixedWith(lease: Lease): SourceError {
    const { stream, leaseTable } = this.#options;
    const message = `the lease table ${leaseTable} keeps leases of two streams, ${stream} and ${lease.stream}: stop the processes of one of them, remove the items whose swathStream is that one, and give it a table of its own (kinesis.leaseTable)`;
    return new SourceError('SOURCE_FAILED', stream, message);
  }

  #finishedYetOpen(listed: readonly Shard[], leases: readonly Lease[]): SourceError | undefined {
    const { stream, leaseTable } = this.#options;
    const ended = new Set(leases.flatMap(({ key, checkpoint }) => (checkpoint === 'SHARD_END' ? [key] : [])));
    const odd = listed.find(({ id, open }) => open && ended.has(id));
    if (odd === undefined) return undefined;
    const message = `shard ${odd.id} takes records, but its lease says that it is finished: was stream ${stream} made anew? Then remove the leases from the table ${leaseTable}, or name another one`;
    return new SourceError('SOURCE_FAILED', stream, message);
  }
}

function isOfAnother(lease: Lease | undefined, stream: string): boolean {
  return lease?.stream !== undefined && lease.stream !== stream;
}
