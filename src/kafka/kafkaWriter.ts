import kafkajs from 'kafkajs';
import type { z } from 'zod';
import { checkConfig } from '../config/checkConfig.ts';
import { type KafkaSinkOptions, kafkaSinkOptions } from '../config/kafkaSinkOptions.ts';
import type { SwathError } from '../errors/swathError.ts';
import { WriteError } from '../errors/writeError.ts';
import type { OutRecord, RecordWriter } from '../ports/recordWriter.ts';
import { BatchLane, type Sendable } from './batchLane.ts';
import type { KafkaConnection } from './kafkaClient.ts';
import { kafkaFault } from './kafkaFault.ts';
import { partitionChooser } from './partitionChooser.ts';
import { PartitionSender } from './partitionSender.ts';
import { toMessage } from './toMessage.ts';
import { toSourceError } from './toSourceError.ts';

/**
 * Writes records to a topic, in batches of a few milliseconds, each to one partition and confirmed by all replicas in sync.
 *
 * Records of one key stay in their order. A record larger than the topic takes fails alone, not its batch.
 *
 * @throws ConfigurationError when an option breaks its rule.
 */
export function kafkaWriter(input: KafkaSinkOptions): RecordWriter {
  return new KafkaWriter(checkConfig(kafkaSinkOptions, input));
}

const maxBatchRecords = 1000; // the client sorts a batch in quadratic time
const maxRecordBytes = 100_000_000; // a broker closes the connection on a request of more than 104,857,600 bytes
const recordOverheadBytes = 24;

const codecs = {
  none: kafkajs.CompressionTypes.None,
  gzip: kafkajs.CompressionTypes.GZIP,
  snappy: kafkajs.CompressionTypes.Snappy,
  lz4: kafkajs.CompressionTypes.LZ4,
  zstd: kafkajs.CompressionTypes.ZSTD,
} as const;

class KafkaWriter implements RecordWriter {
  readonly system = 'kafka';
  readonly stream: string;
  readonly #connection: KafkaConnection;
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

  constructor({ topic, lingerMs, batchBytes, compression, ...connection }: z.output<typeof kafkaSinkOptions>) {
    this.stream = topic;
    this.#connection = connection;
    this.#lingerMs = lingerMs;
    this.#batchBytes = batchBytes;
    this.#sender = new PartitionSender({ connection, topic, compression: codecs[compression] });
  }

  write(record: OutRecord): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#failed('the writer is closed'));
    const bytes = sizeOf(record);
    if (bytes > maxRecordBytes) return Promise.reject(this.#tooLarge(bytes));
    // Those that come before the topic is known wait for the same promise, so that they go on in their order.
    const add = (): Promise<void> =>
      new Promise((sent, failed) => this.#lane(record).add({ value: record, bytes, sent, failed }));
    return this.#opening > 0 || this.#opened === undefined ? this.#whenOpen().then(add) : add();
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

  async #whenOpen(): Promise<void> {
    this.#opening += 1;
    try {
      this.#opened ??= this.#open();
      await this.#opened;
    } finally {
      this.#opening -= 1;
    }
  }

  async #open(): Promise<void> {
    try {
      await this.#sender.look();
    } catch (error) {
      this.#opened = undefined;
      throw this.#reasonOf(error);
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
      const reason = this.#reasonOf(error);
      for (const { failed } of batch) failed(reason);
    }
  }

  /** Finds the records that are refused themselves; the others of their batch are written. */
  async #halve(partition: number, batch: readonly Sendable<OutRecord>[], error: unknown): Promise<void> {
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) return only.failed(this.#refused(only.bytes, error));
    const middle = Math.ceil(batch.length / 2);
    const largest = batch.reduce((most, { bytes }) => Math.max(most, bytes), 0);
    const bytes = batch.reduce((sum, own) => sum + own.bytes, 0);
    if (kafkaFault(error).kind === 'tooLarge' && largest * 2 < bytes)
      this.#batchBytes = Math.min(this.#batchBytes, Math.ceil(bytes / 2));
    await this.#send(partition, batch.slice(0, middle));
    await this.#send(partition, batch.slice(middle));
  }

  #refused(bytes: number, cause: unknown): WriteError {
    const fault = kafkaFault(cause);
    if (fault.kind === 'record') {
      return new WriteError('RECORD_REFUSED', this.stream, `topic ${this.stream} refuses a record: ${fault.message}`, {
        cause,
      });
    }
    return this.#tooLarge(bytes);
  }

  #tooLarge(bytes: number): WriteError {
    const message = `a record of ${bytes} bytes is larger than topic ${this.stream} takes (max.message.bytes)`;
    return new WriteError('RECORD_TOO_LARGE_TO_WRITE', this.stream, message);
  }

  #failed(message: string, cause?: unknown): WriteError {
    return new WriteError('WRITE_FAILED', this.stream, `cannot write to topic ${this.stream}: ${message}`, { cause });
  }

  /** A topic that is gone may come back; one that was never there is a mistake to be told at once. */
  #reasonOf(error: unknown): SwathError {
    const { kind, message } = kafkaFault(error);
    const hopeless = kind === 'authorization' || (kind === 'topic' && !this.#worked);
    return hopeless ? toSourceError(error, this.stream, this.#connection) : this.#failed(message, error);
  }
}

function sizeOf({ key, value, headers }: OutRecord): number {
  let bytes = recordOverheadBytes + (key?.byteLength ?? 0) + (value?.byteLength ?? 0);
  for (const [name, content] of headers) bytes += name.length + content.byteLength + 8;
  return bytes;
}
