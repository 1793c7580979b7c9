import { setTimeout as sleep } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { Kafka, Producer, Transaction } from 'kafkajs';
import type { Commit } from '../../ports/recordReader.ts';
import { kafkaFault } from '../kafkaFault.ts';
import type { OutputBatch } from './batchWrites.ts';
import { type Refusal, sendOutputs } from './sendOutputs.ts';
import { transactionTimeoutMs } from './transactionTimeoutMs.ts';

/** Whose progress a {@link PartitionProducer} commits, and with what. */
export interface PartitionProducerOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  /** Topic that is read. */
  readonly topic: string;
  readonly partition: string;
  /** Writes what stands beside the committed offset: the map, and what the source adds to it. */
  readonly stamp: (map: string) => string;
  /** Told how many partitions a topic that was written to has. */
  readonly counted: (topic: string, partitions: number) => void;
  /** Ends what brokers may have left open of a transactional id. */
  readonly settle: (transactionalId: string) => Promise<void>;
}

const markersWaitMs = 10;
const markersWaits = 500;

/**
 * The producer of one input partition: its transactional id is `<group>/<topic>/<partition>`, so that there is one that counts in the
 * whole cluster. A slash, because topics have none: `a-b` and `c` must not be taken for `a` and `b-c`.
 */
export class PartitionProducer {
  readonly #options: PartitionProducerOptions;
  readonly #id: string;
  readonly #producer: Producer;

  constructor(options: PartitionProducerOptions) {
    const { kafka, groupId, topic, partition, counted } = options;
    this.#options = options;
    this.#id = `${groupId}/${topic}/${partition}`;
    this.#producer = kafka.producer({
      transactionalId: this.#id,
      transactionTimeout: transactionTimeoutMs,
      allowAutoTopicCreation: false,
      createPartitioner: () => (args) => {
        counted(args.topic, args.partitionMetadata.length);
        return args.message.partition ?? 0;
      },
    });
  }

  /**
   * Makes this the only producer of its id. When it resolves, every earlier one is fenced, and what it left open is completed or
   * aborted: what is committed for the partition stands still.
   *
   * @throws What the brokers answered.
   */
  async claim(): Promise<void> {
    await this.#options.settle(this.#id);
    await this.#producer.connect();
    const transaction = await this.#producer.transaction(); // asks for the id; the beginning itself sends nothing
    await transaction.abort();
  }

  /**
   * Commits outputs and progress together, or nothing.
   *
   * @param wanted - Asked before the end: false aborts.
   * @returns `undefined` when committed, else the records that were refused; then nothing is written.
   * @throws What the brokers answered. Whether the transaction counted is to be read from the log, after another producer claimed its id.
   */
  async run(
    batches: readonly OutputBatch[],
    progress: Commit,
    wanted: () => boolean,
  ): Promise<readonly Refusal[] | undefined> {
    const transaction = await this.#producer.transaction();
    try {
      const refusals = await sendOutputs(transaction, batches);
      if (refusals.length === 0) await this.#sendOffsets(transaction, progress);
      if (refusals.length === 0 && wanted()) {
        await transaction.commit();
        return undefined;
      }
      await transaction.abort();
      return refusals;
    } catch (error) {
      // Readers of committed records wait for its end; where it cannot be aborted now, the next claim does it.
      if (transaction.isActive()) await transaction.abort().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    const { topic, partition } = this.#options;
    await this.#producer
      .disconnect()
      .catch((error: unknown) => diag.debug(`kafka ${topic}/${partition}: ${String(error)}`));
  }

  /** The end of a transaction is confirmed before it is marked in every log; until then the next may not begin. The client waits only in `send`. */
  async #sendOffsets(transaction: Transaction, { partition, nextSlot, map }: Commit): Promise<void> {
    const { groupId, topic, stamp } = this.#options;
    const partitions = [{ partition: Number(partition), offset: String(nextSlot), metadata: stamp(map) }];
    for (let waits = 0; ; waits++) {
      try {
        return await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions }] });
      } catch (error) {
        if (kafkaFault(error).type !== 'CONCURRENT_TRANSACTIONS' || waits === markersWaits) throw error;
        await sleep(markersWaitMs);
      }
    }
  }
}
