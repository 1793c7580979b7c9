import { diag } from '@opentelemetry/api';
import type { z } from 'zod';
import { checkConfig } from '../config/checkConfig.ts';
import { type KafkaSinkOptions, kafkaSinkOptions } from '../config/kafkaSinkOptions.ts';
import { ConfigurationError } from '../errors/configurationError.ts';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import { BatchLane, type Sendable } from './batchLane.ts';
import { checkClient } from './checkClient.ts';
import { codecOf } from './codecOf.ts';
import { kafkaFault } from './kafkaFault.ts';
import { maxBatchRecords } from './maxBatchRecords.ts';
import { nextBatchBytes } from './nextBatchBytes.ts';
import { openTopic } from './openTopic.ts';
import { partitionChooser } from './partitionChooser.ts';
import { PartitionSender } from './partitionSender.ts';
import { maxRecordBytes, recordSize } from './recordSize.ts';
import { toMessage } from './toMessage.ts';
import { toSourceError } from './toSourceError.ts';
import type { KafkaTransactions } from './transactions/kafkaTransactions.ts';
import { TransactionalWriter } from './transactions/transactionalWriter.ts';
import { WriteFaults } from './writeFaults.ts';

/**
 * Writes records to a topic, in batches of a few milliseconds, each to one partition and confirmed by all replicas in sync.
 *
 * Records of one key stay in their order. A record larger than the topic takes fails alone, not its batch.
 *
 * @param transactions - Each record is written within the transaction that finishes its delivery.
 * @throws ConfigurationError when an option breaks its rule.
 */
export function kafkaWriter(input: KafkaSinkOptions, transactions?: KafkaTransactions): RecordWriter {
  const options = checkConfig(kafkaSinkOptions, input);
  if (transactions !== undefined) return new TransactionalWriter(options, transactions);
  if (!options.transactional) return new KafkaWriter(options);
  const rule = 'needs `transactions`, made by kafkaTransactions and shared with the source';
  throw new ConfigurationError([{ field: 'transactional', rule, value: true }]);
}

class KafkaWriter implements RecordWriter {
  readonly system = 'kafka';
  readonly stream: string;
  readonly #faults: WriteFaults;
  readonly #sender: PartitionSender;
  readonly #lanes = new Map<number, BatchLane<OutRecord>>();
  readonly #lingerMs: number;
  readonly #choose = partitionChooser(Math.floor(Math.random() * 1000));
  /** Shrinks when the topic takes less. */
  #batchBytes: number;
  #opened: Promise<void> | undefined;
  /** Writes that wait for {@link KafkaWriter.#opened}. */
  #opening = 0;
  #worked = false;
  #closed: Promise<void> | undefined;

  constructor(options: z.output<typeof kafkaSinkOptions>) {
    const { topic, lingerMs, batchBytes, compression, transactional: _, transactionMs: __, ...connection } = options;
    checkClient(); // here, where nothing is tried again
    this.stream = topic;
    this.#faults = new WriteFaults(topic, connection);
    this.#lingerMs = lingerMs;
    this.#batchBytes = batchBytes;
    const overdue = (reason: unknown): void =>
      diag.warn(`writing to ${topic} waits: ${toSourceError(reason, topic, connection).message}`);
    this.#sender = new PartitionSender({ connection, topic, compression: codecOf(compression), overdue });
  }

  open(): Promise<void> {
    return openTopic(() => this.#whenOpen(() => Promise.resolve()), this.#faults);
  }

  write(record: OutRecord): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#faults.failed('the writer is closed'));
    const bytes = recordSize(record);
    if (bytes > maxRecordBytes) return Promise.reject(this.#faults.tooLarge(bytes));
    // Those that come before the topic is known wait for the same promise, so that they go on in their order.
    const add = (): Promise<void> =>
      new Promise((sent, failed) => this.#lane(record).add({ value: record, bytes, sent, failed }));
    return this.#opening > 0 || this.#opened === undefined ? this.#whenOpen(add) : add();
  }

  close(): Promise<void> {
    this.#closed ??= this.#finish();
    return this.#closed;
  }

  async #finish(): Promise<void> {
    await this.#opened?.catch(() => undefined); // then what waited for it is in its lane
    await Promise.all([...this.#lanes.values()].map((lane) => lane.flush()));
    await this.#sender.close();
  }

  #whenOpen(add: () => Promise<void>): Promise<void> {
    this.#opening += 1;
    this.#opened ??= this.#open();
    const over = (): void => {
      this.#opening -= 1;
    };
    const opened = this.#opened.then(() => {
      const added = add();
      over(); // only now may another go past this promise
      return added;
    });
    this.#opened.catch(over);
    return opened;
  }

  async #open(): Promise<void> {
    try {
      await this.#sender.look();
    } catch (error) {
      this.#opened = undefined;
      throw this.#faults.reasonOf(error, this.#worked);
    }
  }

  #lane({ key }: OutRecord): BatchLane<OutRecord> {
    const partition = this.#choose(key, this.#sender.partitions);
    let lane = this.#lanes.get(partition);
    if (lane === undefined) {
      lane = new BatchLane({
        lingerMs: this.#lingerMs,
        maxBytes: () => this.#batchBytes,
        maxItems: maxBatchRecords,
        send: (batch) => this.#send(partition, batch),
      });
      this.#lanes.set(partition, lane);
    }
    return lane;
  }

  async #send(partition: number, batch: readonly Sendable<OutRecord>[]): Promise<void> {
    try {
      await this.#sender.send(
        partition,
        batch.map(({ value }) => toMessage(value)),
      );
      this.#worked = true;
      for (const { sent } of batch) sent();
    } catch (error) {
      const { kind } = kafkaFault(error);
      if (kind === 'tooLarge' || kind === 'record') return this.#halve(partition, batch, error);
      const reason = this.#faults.reasonOf(error, this.#worked);
      for (const { failed } of batch) failed(reason);
    }
  }

  /** Finds the records that are refused themselves; the others of their batch are written. */
  async #halve(partition: number, batch: readonly Sendable<OutRecord>[], error: unknown): Promise<void> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return only.failed(this.#faults.refused(only.bytes, error));
    const middle = Math.ceil(batch.length / 2);
    this.#batchBytes = nextBatchBytes(this.#batchBytes, batch, error);
    await this.#send(partition, batch.slice(0, middle));
    await this.#send(partition, batch.slice(middle));
  }
}
