import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { type InnerBroker, type InnerCluster, type InnerId, innerCluster } from '../innerCluster.ts';
import { isCoordinatorAway } from '../isCoordinatorAway.ts';
import { kafkaFault } from '../kafkaFault.ts';
import { describeTransaction } from './describeTransaction.ts';
import { type Settlement, settlementOf } from './settlement.ts';
import { transactionTimeoutMs } from './transactionTimeoutMs.ts';

/** Where to look for transactions without their markers. */
export interface UnmarkedTransactionsOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  /** Topics that are written to. */
  readonly outputs: () => readonly string[];
  /** Aborted when no id is to be claimed any more. */
  readonly closing: AbortSignal;
}

const waitMs = 20;
const mostWaits = 100;

/**
 * Ends transactions that brokers take for complete although their markers are not in the logs.
 *
 * Apache Kafka 4.4.0 skips the markers of partitions that have no leader at that moment, as those with one replica while their
 * broker stops or starts (docs/decisions/0010). Their records and offsets stay open until the next transaction of the id ends, and share
 * its fate, whatever their own was. So each claim begins with a transaction without records, which has theirs.
 */
export class UnmarkedTransactions {
  readonly #options: UnmarkedTransactionsOptions;
  readonly #cluster: InnerCluster;
  #connected: Promise<void> | undefined;
  #running = 0;
  #finding: Promise<unknown> = Promise.resolve();
  /** Of ids whose empty transaction is not confirmed. */
  readonly #settlements = new Map<string, Settlement>();

  constructor(options: UnmarkedTransactionsOptions) {
    this.#options = options;
    this.#cluster = innerCluster(options.kafka);
  }

  /**
   * Fences every producer of an id, and ends what may be open of it as the brokers had decided. When it resolves the markers are on
   * their way: the next claim of the id waits for them.
   *
   * @throws What the brokers answered.
   */
  async settle(transactionalId: string): Promise<void> {
    this.#running += 1;
    try {
      await this.#settle(transactionalId);
    } finally {
      this.#running -= 1;
      if (this.#options.closing.aborted) await this.close();
    }
  }

  /** Disconnects, unless ids are being settled: the last of them does it then, for the client connects again with each request. */
  async close(): Promise<void> {
    if (this.#running > 0) return;
    await this.#connected?.then(() => this.#cluster.disconnect()).catch(() => undefined);
  }

  async #settle(transactionalId: string): Promise<void> {
    this.#options.closing.throwIfAborted();
    await this.#connect();
    const producer = await patiently(() => this.#take(transactionalId));
    if (producer === undefined) return;
    const own = { transactionalId, ...producer };
    const broker = await this.#find(transactionalId);
    const topics = await this.#partitionsOfOutputs();
    if (topics.length > 0) await broker.addPartitionsToTxn({ ...own, topics });
    await broker.addOffsetsToTxn({ ...own, groupId: this.#options.groupId });
    await broker.endTxn({ ...own, transactionResult: this.#settlements.get(transactionalId)?.committed === true });
    this.#settlements.delete(transactionalId);
  }

  /** Claims the id, unless it is ours still. Its fate is asked for at each attempt: what was under way may have been decided since. */
  async #take(transactionalId: string): Promise<InnerId | undefined> {
    const broker = await this.#find(transactionalId);
    this.#options.closing.throwIfAborted(); // not later: what is claimed is ended, for whoever comes next does not know how
    const now = await describeTransaction(broker, transactionalId);
    if (now === undefined) return undefined;
    const settlement = settlementOf(now, this.#settlements.get(transactionalId));
    if (settlement.own !== undefined) return settlement.own; // claimed again, its transaction would be aborted
    const claimed = { ...settlement, claims: settlement.claims + 1 };
    this.#settlements.set(transactionalId, claimed);
    const { producerId, producerEpoch } = await broker.initProducerId({
      transactionalId,
      transactionTimeout: transactionTimeoutMs,
    });
    const own = { producerId, producerEpoch };
    this.#settlements.set(transactionalId, { ...claimed, own });
    return own;
  }

  async #connect(): Promise<void> {
    this.#connected ??= this.#cluster.connect();
    try {
      await this.#connected;
    } catch (error) {
      this.#connected = undefined;
      throw error;
    }
  }

  /** One after another: the client opens a connection for each that asks while there is none. */
  #find(transactionalId: string): Promise<InnerBroker> {
    const found = this.#finding.then(() =>
      this.#cluster.findGroupCoordinator({ groupId: transactionalId, coordinatorType: 1 }),
    );
    this.#finding = found.catch(() => undefined);
    return found;
  }

  /** Partitions of the topics that are there; one that is gone holds nothing. */
  async #partitionsOfOutputs(): Promise<{ topic: string; partitions: number[] }[]> {
    const found: { topic: string; partitions: number[] }[] = [];
    for (const topic of this.#options.outputs()) {
      try {
        const { topicMetadata } = await this.#cluster.metadata({ topics: [topic] });
        const partitions = topicMetadata[0]?.partitionMetadata ?? [];
        found.push({ topic, partitions: partitions.map(({ partitionId }) => partitionId) });
      } catch (error) {
        if (kafkaFault(error).kind !== 'topic') throw error;
      }
    }
    return found;
  }
}

/** Asks again while the coordinator is not ready, or what is open of the id has not ended. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits++) {
    try {
      return await ask();
    } catch (error) {
      const passes = kafkaFault(error).type === 'CONCURRENT_TRANSACTIONS' || isCoordinatorAway(error);
      if (!passes || waits === mostWaits) throw error;
      await sleep(waitMs);
    }
  }
}
