import { setTimeout as sleep } from 'node:timers/promises';
import type { Observable } from 'rxjs';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { toKinesis } from '../../../src/sinks/toKinesis.ts';
import { fromKinesis } from '../../../src/sources/fromKinesis.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { localAws } from '../kinesisBench.ts';

/** Settings of a {@link tilePipeline}. */
export interface TilePipelineOptions {
  readonly input: string;
  readonly output: string;
  readonly table: string;
  readonly kinesis: string;
  readonly dynamodb: string;
  readonly failoverMs: number;
  readonly maxInFlight: number;
  /** Longest work on a tile; each takes a random part of it. */
  readonly workMs: number;
  readonly seed: number;
  /** How long Kinesis and the table may be silent; default 500, for faults that are short. */
  readonly timeoutMs?: number;
  /** Default `none`. */
  readonly order?: 'none' | 'key';
  /** Default `earliest`. */
  readonly from?: 'earliest' | 'latest';
}

/**
 * Takes tiles from stream to stream, each after a random time, so that they finish in any order.
 *
 * @param began - Called when the work on a tile begins.
 */
export function tilePipeline(
  options: TilePipelineOptions,
  drain: AbortSignal,
  began: () => void = () => undefined,
): Observable<Envelope<Tile>> {
  const { input, output, table, kinesis, dynamodb, failoverMs, maxInFlight, workMs, seed, order = 'none' } = options;
  const { timeoutMs = 500, from = 'earliest' } = options;
  const random = seededRandom(seed);
  const aws = { ...localAws, endpoint: kinesis, timeoutMs };
  const store = dynamoLeaseStore({ ...localAws, endpoint: dynamodb, table, timeoutMs });
  const reading = { stream: input, leaseTable: table, failoverMs, shardSyncMs: 1_000, maxInFlight, order, from };
  const work = async (): Promise<object> => {
    began();
    await sleep(random() * workMs);
    return {};
  };
  return fromKinesis({ ...reading, region: 'us-east-1', readIntervalMs: 200, drain, aws: { ...aws, store } }).pipe(
    mapTile('work', work, { concurrency: maxInFlight }),
    toKinesis({ stream: output, region: 'us-east-1', aws, pipeline: 'matrix', value: ({ id }: Tile) => id }),
  );
}
