import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Consumer, EachBatchPayload } from 'kafkajs';
import { checkConfig } from '../config/checkConfig.ts';
import { type KafkaOptions, kafkaOptions } from '../config/kafkaOptions.ts';
import { SourceError } from '../errors/sourceError.ts';
import type { ReadRecord } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { askCoordinator } from './askCoordinator.ts';
import { kafkaClient } from './kafkaClient.ts';
import { toSourceError } from './toSourceError.ts';
import { toStreamRecord } from './toStreamRecord.ts';

/** Records of one partition, in their order. */
export interface ScannedBatch {
  readonly partition: string;
  readonly records: readonly ReadRecord<StreamRecord>[];
  /** To be called now and then by who takes long over a batch. */
  heartbeat(): Promise<void>;
  /** Commits progress of the partition in the group that scans, with what is kept beside it. */
  commit(nextSlot: number, map: string): Promise<void>;
}

/** How a topic is scanned. */
export interface ScanOptions {
  /** Called for one batch after the other. */
  readonly each: (batch: ScannedBatch) => Promise<void> | void;
  /** Group whose commits say where the scan starts; default one of its own, which is deleted afterwards. */
  readonly groupId?: string | undefined;
  /** Aborting it ends the scan after the batch that is looked at. */
  readonly stop?: AbortSignal | undefined;
}

const sessionTimeoutMs = 10_000; // how long a scan that was killed keeps its place in the group
const lookAgainMs = 250;

/**
 * Goes once through what a topic holds now.
 *
 * @throws SourceError when there is no such topic, or it may not be read.
 */
export async function scanTopic(topic: string, options: KafkaOptions, scan: ScanOptions): Promise<void> {
  const connection = checkConfig(kafkaOptions, options);
  const kafka = kafkaClient(connection, 'ask');
  const groupId = scan.groupId ?? `swath-look-${randomUUID()}`;
  const admin = kafka.admin();
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, sessionTimeout: sessionTimeoutMs });
  try {
    await admin.connect();
    if (scan.groupId !== undefined) await untilNobodyReads(admin, topic, groupId);
    const [offsets, groups] = await Promise.all([
      admin.fetchTopicOffsets(topic),
      askCoordinator(() => admin.fetchOffsets({ groupId, topics: [topic] })), // of a group of its own too: joining waits less long for a coordinator
    ]);
    const begun = new Map(
      groups.flatMap(({ partitions }) => partitions).map(({ partition, offset }) => [partition, BigInt(offset)]),
    );
    const ends = new Map<number, bigint>();
    for (const { partition, low, high } of offsets) {
      const from = begun.get(partition) ?? 0n;
      if (BigInt(high) > BigInt(low) && BigInt(high) > from) ends.set(partition, BigInt(high));
    }
    if (ends.size === 0) return;
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await readTo(ends, consumer, scan);
  } catch (error) {
    throw toSourceError(error, topic, connection);
  } finally {
    await consumer.disconnect().catch(() => undefined);
    if (scan.groupId === undefined) await admin.deleteGroups([groupId]).catch(() => undefined); // else it expires
    await admin.disconnect().catch(() => undefined);
  }
}

/** A group that is shared gives each member a part. What was killed leaves it within its session's timeout. */
async function untilNobodyReads(admin: Admin, topic: string, groupId: string): Promise<void> {
  for (let leftMs = sessionTimeoutMs * 2; ; leftMs -= lookAgainMs) {
    const { groups } = await askCoordinator(() => admin.describeGroups([groupId]));
    if (groups.every(({ members }) => members.length === 0)) return;
    if (leftMs <= 0) {
      const rule = `somebody else reads topic ${topic} with group ${groupId}; wait until that has ended`;
      throw new SourceError('SOURCE_FAILED', topic, rule);
    }
    await sleep(lookAgainMs);
  }
}

function readTo(wanted: ReadonlyMap<number, bigint>, consumer: Consumer, { each, stop }: ScanOptions): Promise<void> {
  const ends = new Map(wanted);
  const ended = new AbortController();
  const read = new Promise<void>((done, failed) => {
    consumer.on('consumer.crash', ({ payload }) => failed(payload.error));
    // Somebody who came at the same moment has got a part: that would never come.
    consumer.on('consumer.group_join', ({ payload }) => {
      const own = Object.values(payload.memberAssignment).flat();
      if (![...ends.keys()].every((partition) => own.includes(partition)))
        failed(new Error('somebody else reads with the same group; wait until that has ended'));
    });
    // Told of batches that hold nothing but the ends of transactions, too.
    consumer.on('consumer.end_batch_process', ({ payload: { partition, lastOffset } }) => {
      if (BigInt(lastOffset) + 1n >= (ends.get(partition) ?? 0n)) ends.delete(partition);
      if (ends.size === 0 || stop?.aborted) done();
    });
    let busy = false;
    const stopped = (): void => (busy ? undefined : done()); // else at the end of the batch
    stop?.addEventListener('abort', stopped, { once: true, signal: ended.signal });
    const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
      if (ended.signal.aborted || stop?.aborted) return;
      try {
        busy = true;
        await each(toScanned(payload, wanted.get(payload.batch.partition) ?? 0n));
      } catch (error) {
        ended.abort(); // the client would call once more with the same batch
        failed(error);
      } finally {
        busy = false;
      }
    };
    consumer.run({ autoCommit: false, eachBatch }).catch(failed);
  });
  return read.finally(() => ended.abort());
}

function toScanned({ batch, heartbeat, commitOffsetsIfNecessary }: EachBatchPayload, end: bigint): ScannedBatch {
  const { topic, partition, messages } = batch;
  return {
    partition: String(partition),
    records: messages.filter(({ offset }) => BigInt(offset) < end).map(toStreamRecord),
    heartbeat,
    commit: (nextSlot, map) => {
      const place = { partition, offset: String(nextSlot), metadata: map };
      return commitOffsetsIfNecessary({ topics: [{ topic, partitions: [place] }] });
    },
  };
}
