import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  PutRecordsCommand,
} from '@aws-sdk/client-kinesis';
import type { Rate } from './measure.ts';
import { Stopwatch } from './stopwatch.ts';

/** What {@link bareKinesisLoop} works on. */
export interface BareKinesisOptions {
  readonly client: KinesisClient;
  readonly from: string;
  readonly to: string;
  readonly shards: readonly string[];
  readonly records: number;
}

const batch = 500;
const readIntervalMs = 200; // five reads a second are what Kinesis allows of a shard

/** The loop people write: reads each shard as often as Kinesis allows, and writes what it read with requests as large as they may be. */
export async function bareKinesisLoop({ client, from, to, shards, records }: BareKinesisOptions): Promise<Rate> {
  const watch = new Stopwatch(records);
  let finished = false;
  void watch.done.then(() => {
    finished = true;
  });
  const copy = async (shard: string): Promise<void> => {
    const open = { StreamName: from, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let { ShardIterator: iterator } = await client.send(new GetShardIteratorCommand(open));
    while (!finished && iterator !== undefined) {
      const readAtMs = performance.now();
      const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      if (Records.length > 0) watch.read();
      for (let at = 0; at < Records.length; at += batch) {
        const part = Records.slice(at, at + batch);
        const entries = part.map(({ PartitionKey, Data }) => ({ PartitionKey, Data }));
        await client.send(new PutRecordsCommand({ StreamName: to, Records: entries }));
        watch.wrote(part.length);
      }
      iterator = NextShardIterator;
      await sleep(Math.max(0, readAtMs + readIntervalMs - performance.now()));
    }
  };
  await Promise.all(shards.map(copy));
  return watch.done;
}
