import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';

/** A record as the plain client reads it. */
export interface ShardRecord {
  readonly shard: string;
  readonly sequence: string;
  /** In hexadecimal. */
  readonly key: string;
  readonly text: string;
}

/** Reads everything that a stream holds now, each shard in its order. */
export async function readStream(client: KinesisClient, stream: string): Promise<ShardRecord[]> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: stream }));
  const found: ShardRecord[] = [];
  for (const { ShardId: shard = '' } of Shards) {
    const open = { StreamName: stream, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let { ShardIterator: iterator } = await client.send(new GetShardIteratorCommand(open));
    while (iterator !== undefined) {
      const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      const { Records = [], MillisBehindLatest = 0 } = answer;
      for (const { SequenceNumber: sequence = '', PartitionKey = '', Data } of Records) {
        const text = Buffer.from(Data ?? []).toString();
        found.push({ shard, sequence, key: Buffer.from(PartitionKey).toString('hex'), text });
      }
      iterator = Records.length === 0 && MillisBehindLatest === 0 ? undefined : answer.NextShardIterator;
    }
  }
  return found;
}
