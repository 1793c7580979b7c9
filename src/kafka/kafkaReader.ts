import type { z } from 'zod';
import { checkConfig } from '../config/checkConfig.ts';
import { type KafkaSourceOptions, kafkaSourceOptions } from '../config/kafkaSourceOptions.ts';
import type { Commit, ReaderEvents, RecordBatch, RecordReader } from '../ports/recordReader.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { checkClient } from './checkClient.ts';
import { CommitLane } from './commitLane.ts';
import { GroupReading } from './groupReading.ts';
import type { KafkaConnection } from './kafkaClient.ts';
import { Ownership } from './ownership.ts';
import { ReadBuffer } from './readBuffer.ts';
import { toSourceError } from './toSourceError.ts';
import type { KafkaTransactions } from './transactions/kafkaTransactions.ts';

/**
 * Reads a topic as a member of a consumer group. Commits carry the map of finished records beside the offset.
 *
 * A partition that stays ours when the group is formed anew keeps its work, unless another member committed meanwhile.
 *
 * @param transactions - Progress is committed through them, together with the outputs that their writers write.
 * @throws ConfigurationError when an option breaks its rule.
 * @throws ClientVersionError when the installed Kafka client is another one than swath mends.
 */
export function kafkaReader(input: KafkaSourceOptions, transactions?: KafkaTransactions): RecordReader<StreamRecord> {
  const options = checkConfig(kafkaSourceOptions, input);
  transactions?.check(options);
  checkClient();
  return new KafkaReader(options, transactions);
}

class KafkaReader implements RecordReader<StreamRecord> {
  readonly system = 'kafka';
  readonly stream: string;
  readonly group: string;
  readonly #connection: KafkaConnection;
  readonly #buffer: ReadBuffer<StreamRecord>;
  readonly #reading: GroupReading;
  readonly #lane: CommitLane;
  #read = false;
  #closed: Promise<void> | undefined;

  constructor(options: z.output<typeof kafkaSourceOptions>, transactions: KafkaTransactions | undefined) {
    const { topic, groupId, from, sessionTimeoutMs, bufferBytes, ...connection } = options;
    this.stream = topic;
    this.group = groupId;
    this.#connection = connection;
    const ownership = new Ownership(from);
    const buffer = new ReadBuffer<StreamRecord>({
      maxBytes: bufferBytes,
      rest: (partition) => reading.rest(partition),
      goOn: (partition) => reading.goOn(partition),
    });
    const reading = new GroupReading({ connection, topic, groupId, sessionTimeoutMs, ownership, buffer, transactions });
    this.#buffer = buffer;
    this.#reading = reading;
    this.#lane = new CommitLane({
      ownership,
      closing: reading.closing,
      send: (commits) => reading.send(commits),
    });
  }

  async *read(events: ReaderEvents, signal: AbortSignal): AsyncGenerator<RecordBatch<StreamRecord>, void, undefined> {
    if (this.#read) throw new TypeError('a reader reads once; make another');
    this.#read = true;
    const reading = this.#reading;
    const stop = AbortSignal.any([signal, reading.closing]);
    const end = (): void => reading.stop(); // at once: whoever reads may be waiting for credit, and the group is to know
    stop.addEventListener('abort', end);
    try {
      if (!stop.aborted) reading.start(events);
      while (!stop.aborted) {
        if (reading.failure !== undefined) throw reading.failure;
        const batch = this.#buffer.take();
        if (batch !== undefined) {
          yield batch;
          continue;
        }
        reading.handedOver();
        await this.#buffer.changed();
      }
    } finally {
      stop.removeEventListener('abort', end);
      reading.stop();
    }
  }

  pause(partition: string): void {
    this.#buffer.pause(partition);
  }

  resume(partition: string): void {
    this.#buffer.resume(partition);
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    try {
      await (this.#reading.lanes ?? this.#lane).commit(commits);
    } catch (error) {
      throw toSourceError(error, this.stream, this.#connection);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#reading.close();
    return this.#closed;
  }
}
