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
 * Reads all that a stream holds now, aggregates taken apart, from the oldest record of each shard on: a look without leases, which leaves no trace and
 * takes nothing away from anybody but the shards' read limits.
 *
 * @throws SourceError when there is no such stream, or it may not be read.
 * @throws ServiceError when Kinesis cannot be reached.
 */
export async function readWholeStream(stream: string, options: AwsOptions = {}): Promise<FoundRecord[]> {
  const client = kinesisClient(options);
  try {
    const found: FoundRecord[] = [];
    for (const { id } of await listShards(client, stream)) found.push(...(await readShard(client, stream, id)));
    return found;
  } finally {
    client.destroy();
  }
}

async function readShard(client: KinesisClient, stream: string, shard: string): Promise<FoundRecord[]> {
  const from = { StreamName: stream, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
  const begin = await client.send(new GetShardIteratorCommand(from)).catch(refused('GetShardIterator', stream));
  const found: FoundRecord[] = [];
  let iterator = begin.ShardIterator;
  while (iterator !== undefined) {
    const answer = await client
      .send(new GetRecordsCommand({ ShardIterator: iterator }))
      .catch(refused('GetRecords', stream));
    const records = answer.Records ?? [];
    for (const { position, value } of records.flatMap((record) => unpackRecord(record).records)) {
      const key = Buffer.from(value.key ?? []).toString();
      found.push({ partition: shard, position, key, value: value.value ?? new Uint8Array() });
    }
    // A page may be empty before the end; behind by nothing, and nothing there, is the end.
    if (records.length === 0 && (answer.MillisBehindLatest ?? 0) === 0) return found;
    iterator = answer.NextShardIterator;
  }
  return found;
}

function refused(operation: string, stream: string): (error: unknown) => never {
  return (error) => {
    throw streamError(error, operation, stream);
  };
}
