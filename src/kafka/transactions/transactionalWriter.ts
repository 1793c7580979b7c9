import type { z } from 'zod';
import type { kafkaSinkOptions } from '../../config/kafkaSinkOptions.ts';
import type { OutRecord, RecordWriter } from '../../ports/recordWriter.ts';
import type { Delivery } from '../../tile/delivery.ts';
import { codecOf } from '../codecOf.ts';
import { openTopic } from '../openTopic.ts';
import { partitionChooser } from '../partitionChooser.ts';
import { maxRecordBytes, recordSize } from '../recordSize.ts';
import { WriteFaults } from '../writeFaults.ts';
import type { KafkaTransactions } from './kafkaTransactions.ts';
import type { OutputTopic } from './pendingWrite.ts';

/** Writes to a topic within the transactions of the source that the records come from. */
export class TransactionalWriter implements RecordWriter {
  readonly system = 'kafka';
  readonly stream: string;
  readonly #transactions: KafkaTransactions;
  readonly #output: OutputTopic;
  readonly #choose = partitionChooser(Math.floor(Math.random() * 1000));
  #looked: Promise<void> | undefined;
  #closed = false;

  /** @throws ConfigurationError when the transactions are of another cluster. */
  constructor(options: z.output<typeof kafkaSinkOptions>, transactions: KafkaTransactions) {
    const { topic, batchBytes, compression, ...rest } = options;
    transactions.check(rest);
    transactions.writesTo(topic);
    this.stream = topic;
    this.#transactions = transactions;
    this.#output = { topic, batchBytes, compression: codecOf(compression), faults: new WriteFaults(topic, rest) };
  }

  open(): Promise<void> {
    return openTopic(() => this.#known(), this.#output.faults);
  }

  async write(record: OutRecord, delivery?: Delivery): Promise<void> {
    const { faults, topic } = this.#output;
    if (this.#closed) throw faults.failed('the writer is closed');
    if (delivery === undefined) throw new TypeError('a record of no delivery is in no transaction');
    const bytes = recordSize(record);
    if (bytes > maxRecordBytes) throw faults.tooLarge(bytes);
    await this.#known(); // all wait for the same promise, so they go on in their order
    const partition = this.#choose(record.key, this.#transactions.partitionsOf(topic) ?? 1);
    const { roots } = delivery;
    await new Promise<void>((written, failed) =>
      this.#transactions.write({ output: this.#output, partition, record, bytes, roots, written, failed }),
    );
  }

  /** What was handed over is the source's to finish. */
  async close(): Promise<void> {
    this.#closed = true;
  }

  #known(): Promise<void> {
    this.#looked ??= this.#look();
    return this.#looked;
  }

  async #look(): Promise<void> {
    const { topic, faults } = this.#output;
    const worked = this.#transactions.partitionsOf(topic) !== undefined;
    try {
      await this.#transactions.look(topic);
    } catch (error) {
      this.#looked = undefined;
      throw faults.reasonOf(error, worked);
    }
  }
}
