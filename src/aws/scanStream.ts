import {
  GetRecordsCommand,
  type GetRecordsCommandOutput,
  GetShardIteratorCommand,
  type KinesisClient,
} from '@aws-sdk/client-kinesis';
import { answerDates } from './answerDates.ts';
import type { AwsOptions } from './awsOptions.ts';
import { errorFacts } from './errorFacts.ts';
import { kinesisClient } from './kinesisClient.ts';
import { listShards } from './listShards.ts';
import { patiently } from './patiently.ts';
import { streamError } from './streamError.ts';
import { unpackRecord } from './unpackRecord.ts';

/** A record as a plain look finds it. */
export interface FoundRecord {
  readonly partition: string;
  readonly position: string;
  readonly key: string;
  readonly value: Uint8Array;
  /** True where it may have come after the look began. */
  readonly late: boolean;
}

/** Hears of one page after the other; answers false to hear of no more. */
type Each = (records: readonly FoundRecord[]) => Promise<boolean> | boolean;

/** How far the clocks of two machines of the service may be apart, in milliseconds. */
const clockErrorMs = 2_000;
/** Dates are told in whole seconds. */
const dateStepMs = 1_000;

/**
 * Goes once through all that a stream holds when it begins, aggregates taken apart, from the oldest record of each shard on: a
 * look without leases, which leaves no trace and takes nothing away from anybody but the shards' read limits.
 *
 * It ends although more records come all the time: what arrived some seconds after the beginning, by the service's own clock, is not
 * looked at. Throttling and outages are waited out for half a minute.
 *
 * @throws SourceError when there is no such stream, or it may not be read.
 * @throws ServiceError when Kinesis cannot be reached.
 */
export async function scanStream(stream: string, options: AwsOptions, each: Each): Promise<void> {
  const client = kinesisClient(options);
  try {
    const shards = await listShards(client, stream);
    const scan = new StreamScan(client, stream, each);
    for (const { id } of shards) if (!(await scan.shard(id))) return;
  } finally {
    client.destroy();
  }
}

class StreamScan {
  readonly #client: KinesisClient;
  readonly #stream: string;
  readonly #each: Each;
  readonly #answeredMs;
  /** When the first answer was given, to the second below. */
  #beganMs: number | undefined;

  constructor(client: KinesisClient, stream: string, each: Each) {
    this.#client = client;
    this.#stream = stream;
    this.#each = each;
    this.#answeredMs = answerDates(client.middlewareStack);
  }

  /** Goes through one shard; answers false when no more is to be heard of. */
  async shard(shard: string): Promise<boolean> {
    let after: string | undefined;
    let iterator = await this.#iterator(shard, after);
    while (iterator !== undefined) {
      const answer = await this.#read(iterator);
      if (answer === undefined) {
        iterator = await this.#iterator(shard, after);
        continue;
      }
      const { Records = [], MillisBehindLatest = 0, NextShardIterator } = answer;
      const beganMs = this.#beganMs ?? 0;
      const arrivedMs = (record: (typeof Records)[number]): number =>
        record.ApproximateArrivalTimestamp?.getTime() ?? 0;
      const end = Records.findIndex((record) => arrivedMs(record) > beganMs + dateStepMs + clockErrorMs);
      const found = (end < 0 ? Records : Records.slice(0, end)).flatMap((record) =>
        unpackRecord(record).records.map(({ position, value: { key, value } }) => ({
          partition: shard,
          position,
          key: Buffer.from(key ?? []).toString(),
          value: value ?? new Uint8Array(),
          late: arrivedMs(record) >= beganMs - clockErrorMs,
        })),
      );
      if (found.length > 0 && !(await this.#each(found))) return false;
      // A page may be empty before the end; behind by nothing, and nothing there, is the end.
      if (end >= 0 || (Records.length === 0 && MillisBehindLatest === 0)) return true;
      after = Records.at(-1)?.SequenceNumber ?? after;
      iterator = NextShardIterator;
    }
    return true;
  }

  async #iterator(shard: string, after: string | undefined): Promise<string | undefined> {
    const command = new GetShardIteratorCommand({
      StreamName: this.#stream,
      ShardId: shard,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: after }),
    });
    const answer = await this.#patiently('GetShardIterator', () => this.#client.send(command));
    this.#beganMs ??= this.#answeredMs(answer) ?? Date.now();
    return answer.ShardIterator;
  }

  /** Answers `undefined` where the iterator is too old: whoever heard of the page before took long. */
  #read(iterator: string): Promise<GetRecordsCommandOutput | undefined> {
    const command = new GetRecordsCommand({ ShardIterator: iterator });
    return this.#patiently('GetRecords', () =>
      this.#client.send(command).catch((error: unknown) => {
        if (errorFacts(error).name !== 'ExpiredIteratorException') throw error;
        return undefined;
      }),
    );
  }

  /** Kinesis gives a shard's readers, all together, 2 MB and five reads a second: who goes through it at once is throttled. */
  #patiently<R>(operation: string, call: () => Promise<R>): Promise<R> {
    const refused = (error: unknown): never => {
      throw streamError(error, operation, this.#stream);
    };
    return patiently(() => call().catch(refused));
  }
}
