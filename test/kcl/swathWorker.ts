import type { Subscription } from 'rxjs';
import { dynamoLeaseStore } from '../../src/aws/dynamoLeaseStore.ts';
import { fromKinesis } from '../../src/sources/fromKinesis.ts';
import { localAws } from '../support/kinesisBench.ts';

/** Settings of a {@link SwathWorker}. */
export interface SwathWorkerOptions {
  readonly stream: string;
  readonly table: string;
  readonly worker: string;
  readonly kinesis: string;
  readonly dynamodb: string;
  readonly failoverMs: number;
}

/** A source of swath that finishes each tile at once and writes down its id. */
export interface SwathWorker {
  /** Ids of the tiles it finished, in its order. */
  readonly ids: readonly string[];
  /** Finishes and commits what is in flight, and gives its leases up. */
  drain(): Promise<void>;
  /** Stops at once; nothing more is committed. */
  abandon(): void;
}

export function startSwathWorker(options: SwathWorkerOptions): SwathWorker {
  const { stream, table, worker, kinesis, dynamodb, failoverMs } = options;
  const stop = new AbortController();
  const ids: string[] = [];
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // told by drain
  const reading: Subscription = fromKinesis({
    stream,
    leaseTable: table,
    region: 'us-east-1',
    failoverMs,
    shardSyncMs: 2_000,
    drain: stop.signal,
    aws: {
      ...localAws,
      endpoint: kinesis,
      worker,
      store: dynamoLeaseStore({ ...localAws, endpoint: dynamodb, table }),
    },
  }).subscribe({
    next: (envelope) => {
      ids.push(envelope.tile.id);
      envelope.ack();
    },
    error: (error: unknown) => ended.reject(error),
    complete: () => ended.resolve(),
  });
  return {
    ids,
    drain: () => {
      stop.abort();
      return ended.promise;
    },
    abandon: () => reading.unsubscribe(),
  };
}
