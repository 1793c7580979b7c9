import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { Admin, Kafka, PartitionMetadata } from 'kafkajs';
import type { StoredProgress } from '../ports/recordReader.ts';
import { kafkaFault } from './kafkaFault.ts';
import { logEnds } from './logEnds.ts';
import { readStamp } from './logStamp.ts';
import { type PartitionOffsets, progressIn } from './partitionOffsets.ts';
import { TopicId } from './topicId.ts';

const askAgainMs = 250;

/** What the brokers keep about a topic and a group's progress in it. */
export class GroupOffsets {
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #topic: string;
  readonly #groupId: string;
  readonly #id = new TopicId();
  /** Partitions that the topic had when it was first looked at. */
  #first: ReadonlySet<number> | undefined;

  constructor(kafka: Kafka, topic: string, groupId: string) {
    this.#kafka = kafka;
    this.#admin = kafka.admin();
    this.#topic = topic;
    this.#groupId = groupId;
  }

  /** Connects and looks for the topic. @throws What the brokers answered. */
  async open(): Promise<void> {
    await this.#admin.connect();
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [this.#topic] });
    this.#first ??= new Set(topics.flatMap(({ partitions }) => partitions.map(({ partitionId }) => partitionId)));
  }

  /** Offsets of every partition of the topic. @throws What the brokers answered. */
  async fetch(): Promise<Map<string, PartitionOffsets>> {
    const topic = this.#topic;
    const log = await this.log(); // first: what is read of a newer topic under an older id is found out later, the reverse never
    const [groups, ends] = await Promise.all([
      this.#admin.fetchOffsets({ groupId: this.#groupId, topics: [topic] }),
      this.#admin.fetchTopicOffsets(topic),
    ]);
    const committed = new Map(groups.flatMap(({ partitions }) => partitions.map((own) => [own.partition, own])));
    const found = ends.map(({ partition, low, high }) => {
      const { offset = '-1', metadata } = committed.get(partition) ?? {};
      const place = Number(offset);
      const { map, log: committedTo } = readStamp(metadata ?? '');
      const progress = { committed: place < 0 ? undefined : place, map, committedTo, wiped: place < -1 };
      const added = this.#first?.has(partition) === false;
      return { partition, ...progress, low: Number(low), high: Number(high), end: Number(high), log, added };
    });
    const beyond = found.filter((own) => (own.committed ?? 0) > own.high).map(({ partition }) => partition);
    const logs = beyond.length === 0 ? new Map<number, number>() : await logEnds(this.#kafka, topic, beyond);
    return new Map(
      found.map(({ partition, ...own }) => [String(partition), { ...own, end: logs.get(partition) ?? own.end }]),
    );
  }

  /**
   * Offsets of the topic, asked again and again until they tell about all these partitions.
   *
   * @returns `undefined` when `counts` says that the answer is not wanted any more.
   * @throws What the brokers answered, where they refuse for good.
   */
  async fetchAll(
    partitions: readonly string[],
    counts: () => boolean,
    closing: AbortSignal,
  ): Promise<ReadonlyMap<string, PartitionOffsets> | undefined> {
    if (partitions.length === 0 && counts()) return new Map();
    while (partitions.length > 0 && counts()) {
      try {
        const offsets = await this.fetch();
        if (!counts()) return undefined;
        if (partitions.every((partition) => offsets.has(partition))) return offsets;
      } catch (error) {
        const { kind, message } = kafkaFault(error);
        if (kind === 'authorization') throw error;
        diag.warn(`${this.#topic}: cannot read the offsets of group ${this.#groupId}: ${message}`);
      }
      await sleep(askAgainMs, undefined, { signal: closing }).catch(() => undefined);
    }
    return undefined;
  }

  /** What is committed for a partition of the topic as it is now. @throws What the brokers answered. */
  async stored(partition: string): Promise<StoredProgress | undefined> {
    const offsets = (await this.fetch()).get(partition);
    return offsets && progressIn(offsets);
  }

  /** The topic's id; `undefined` where brokers tell none (Apache Kafka before 2.8). @throws What the brokers answered. */
  async log(): Promise<string | undefined> {
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [this.#topic] });
    const partition: (PartitionMetadata & { readonly topicId?: string }) | undefined = topics[0]?.partitions[0];
    return this.#id.told(partition?.topicId);
  }

  /** Partitions of any topic; none when it cannot be told. */
  async partitionsOf(topic: string): Promise<number[]> {
    try {
      const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] });
      return topics.flatMap(({ partitions }) => partitions.map(({ partitionId }) => partitionId));
    } catch (error) {
      diag.warn(`group ${this.#groupId}: nobody is assigned topic ${topic}: ${kafkaFault(error).message}`);
      return [];
    }
  }

  close(): Promise<void> {
    return this.#admin.disconnect();
  }
}
