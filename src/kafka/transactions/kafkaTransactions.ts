import { z } from 'zod';
import { checkConfig } from '../../config/checkConfig.ts';
import { kafkaOptions } from '../../config/kafkaOptions.ts';
import { defaultTransactionMs, kafkaTransactionOptions } from '../../config/kafkaTransactionOptions.ts';
import { ConfigurationError } from '../../errors/configurationError.ts';
import { type KafkaConnection, kafkaClient } from '../kafkaClient.ts';
import type { PendingWrite } from './pendingWrite.ts';
import { TransactionLanes, type TransactionSource } from './transactionLanes.ts';

const schema = z.strictObject({
  ...kafkaOptions.shape,
  transactionMs: kafkaTransactionOptions.shape.transactionMs.unwrap().default(defaultTransactionMs),
});

/** Options of {@link kafkaTransactions}: how to reach Kafka, and how long outputs wait to be committed together. */
export type KafkaTransactionsOptions = z.input<typeof schema>;

/**
 * Makes what a source, its sinks and its dead letter share to commit outputs and progress together: exactly once for readers of
 * committed records.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * const transactions = kafkaTransactions(config.kafka);
 * fromKafka({ ...config.kafka, topic: 'tiles', drain, transactions }).pipe(
 *   inferAsync({ endpoint }),
 *   toKafka({ ...config.kafka, topic: 'detections', transactions }),
 * )
 */
export function kafkaTransactions(options: KafkaTransactionsOptions): KafkaTransactions {
  return new KafkaTransactions(checkConfig(schema, options));
}

/** What {@link kafkaTransactions} makes; one source at a time uses it. */
export class KafkaTransactions {
  readonly #connection: KafkaConnection;
  readonly #windowMs: number;
  readonly #sizes = new Map<string, number>();
  readonly #outputs = new Set<string>();
  #lanes: TransactionLanes | undefined;

  constructor({ transactionMs, ...connection }: z.output<typeof schema>) {
    this.#connection = connection;
    this.#windowMs = transactionMs;
  }

  /** @throws ConfigurationError unless these are the brokers whose transactions they are. */
  check({ brokers }: Pick<KafkaConnection, 'brokers'>): void {
    const own = this.#connection.brokers;
    if (brokers.join() === own.join()) return;
    const rule = `must be those of the transactions (${own.join(', ')}): a transaction stays within one cluster`;
    throw new ConfigurationError([{ field: 'brokers', rule, value: brokers }]);
  }

  /**
   * Begins to serve a source; called by its reader.
   *
   * @throws ConfigurationError when another source uses them.
   */
  serve(source: TransactionSource): TransactionLanes {
    if (this.#lanes !== undefined) {
      const rule = 'are used by one source at a time; make others for another source, or another subscription';
      throw new ConfigurationError([{ field: 'transactions', rule }]);
    }
    const kafka = kafkaClient(this.#connection, 'transact');
    const counted = (topic: string, partitions: number): void => void this.#sizes.set(topic, partitions);
    const outputs = (): string[] => [...this.#outputs];
    this.#lanes = new TransactionLanes({ source, kafka, windowMs: this.#windowMs, counted, outputs });
    return this.#lanes;
  }

  /** Ends what {@link KafkaTransactions.serve} began; resolves when the connections are closed. */
  async release(lanes: TransactionLanes): Promise<void> {
    await lanes.close();
    if (this.#lanes === lanes) this.#lanes = undefined;
  }

  /** Puts a record into its transaction. @throws ConfigurationError when it belongs to none. */
  write(write: PendingWrite): void {
    if (this.#lanes === undefined) {
      const rule = 'must be given to the source as well: it is its progress that they commit';
      throw new ConfigurationError([{ field: 'transactions', rule }]);
    }
    this.#lanes.write(write);
  }

  /** Takes a topic for one that is written to. */
  writesTo(topic: string): void {
    this.#outputs.add(topic);
  }

  /** How many partitions a topic has, as last heard; `undefined` before anybody looked. */
  partitionsOf(topic: string): number | undefined {
    return this.#sizes.get(topic);
  }

  /** Looks for a topic. @throws What the brokers answered. */
  async look(topic: string): Promise<void> {
    const admin = kafkaClient(this.#connection, 'ask').admin();
    try {
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      this.#sizes.set(topic, topics[0]?.partitions.length ?? 0);
    } finally {
      await admin.disconnect();
    }
  }
}
