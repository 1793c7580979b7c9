import { GetRecordsCommand, GetShardIteratorCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import type { AwsOptions } from './awsOptions.ts';
import { kinesisClient } from './kinesisClient.ts';
import { listShards } from './listShards.ts';
import { streamError } from './streamError.ts';
import { unpackRecord } from './unpackRecord.ts';

/** A record as a plain look finds it. */
export interface FoundRecord {
  readonly partition: string;
  readonly position: string;
  readonly key: string;
  readonly value: Uint8Array;
}

/**
 * Goes once through all that a stream holds now, aggregates taken apart, from the oldest record of each shard on: a look without
 * leases, which leaves no trace and takes nothing away from anybody but the shards' read limits.
 *
 * @param each - Called for one page of a shard after the other; answers false to hear of no more.
 * @throws SourceError when there is no such stream, or it may not be read.
 * @throws ServiceError when Kinesis cannot be reached.
 */
export async function scanStream(
  stream: string,
  options: AwsOptions,
  each: (records: readonly FoundRecord[]) => Promise<boolean> | boolean,
): Promise<void> {
  const client = kinesisClient(options);
  try {
    for (const { id } of await listShards(client, stream)) if (!(await scanShard(client, stream, id, each))) return;
  } finally {
    client.destroy();
  }
}

async function scanShard(
  client: KinesisClient,
  stream: string,
  shard: string,
  each: Parameters<typeof scanStream>[2],
): Promise<boolean> {
  const from = { StreamName: stream, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
  const begin = await client.send(new GetShardIteratorCommand(from)).catch(refused('GetShardIterator', stream));
  let iterator = begin.ShardIterator;
  while (iterator !== undefined) {
    const answer = await client
      .send(new GetRecordsCommand({ ShardIterator: iterator }))
      .catch(refused('GetRecords', stream));
    const records = answer.Records ?? [];
    const found = records
      .flatMap((record) => unpackRecord(record).records)
      .map(({ position, value: { key, value } }) => ({
        partition: shard,
        position,
        key: Buffer.from(key ?? []).toString(),
        value: value ?? new Uint8Array(),
      }));
    if (found.length > 0 && !(await each(found))) return false;
    // A page may be empty before the end; behind by nothing, and nothing there, is the end.
    if (records.length === 0 && (answer.MillisBehindLatest ?? 0) === 0) return true;
    iterator = answer.NextShardIterator;
  }
  return true;
}

function refused(operation: string, stream: string): (error: unknown) => never {
  return (error) => {
    throw streamError(error, operation, stream);
  };
}
