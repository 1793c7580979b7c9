import type { CompressionTypes, Message, Producer } from 'kafkajs';
import { type KafkaConnection, kafkaClient, kafkaRetry } from './kafkaClient.ts';
import { kafkaFault } from './kafkaFault.ts';

/** What a {@link PartitionSender} sends to, and how. */
export interface PartitionSenderOptions {
  readonly connection: KafkaConnection;
  readonly topic: string;
  readonly compression: CompressionTypes;
  /** Hears once in an outage why a send takes long, long before the client gives up; called with what the brokers answered. */
  readonly overdue: (reason: unknown) => void;
}

/** A producer with the sends it is busy with. */
interface Line {
  readonly producer: Producer;
  busy: number;
  retired: boolean;
}

/** The answer of a broker did not name the partition that was written to. */
class UnconfirmedError extends Error {
  readonly retriable = true;
}

const overdueMs = 3_000;
const attempts = 5; // with a new producer each; waiting for brokers happens within an attempt

/**
 * Sends batches, each to one partition, with an idempotent producer that waits for all replicas in sync.
 *
 * One partition per request, because kafkajs takes the answer of one leader for that of another when a partition moves while
 * a request over several is tried again. And after any failure a new producer: the old one would number the next batch like
 * the failed one, and a broker that had kept the failed one would take the next for its repetition and drop it.
 */
export class PartitionSender {
  readonly #options: PartitionSenderOptions;
  #line: Promise<Line> | undefined;
  #partitions = 0;
  #overdue = false;
  /** What a broker last answered when it refused a send; absent once one was confirmed. */
  #refusal: string | undefined;

  constructor(options: PartitionSenderOptions) {
    this.#options = options;
  }

  /** How many partitions the topic has, as last heard; 0 before {@link PartitionSender.look}. */
  get partitions(): number {
    return this.#partitions;
  }

  /** Looks for the topic. @throws What the brokers answered. */
  async look(): Promise<void> {
    const { connection, topic } = this.#options;
    const admin = kafkaClient(connection, 'ask').admin();
    try {
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      this.#partitions = topics[0]?.partitions.length ?? 0;
    } finally {
      await admin.disconnect();
    }
  }

  /** Resolves when the partition's leader and its replicas in sync have the messages. @throws What the brokers answered. */
  async send(partition: number, messages: readonly Message[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const line = await this.#connected();
      try {
        return await this.#sendOnce(line, partition, messages);
      } catch (error) {
        const { kind } = kafkaFault(error);
        if (kind === 'tooLarge' || kind === 'record') throw error; // nothing was written, and the numbering stands
        this.#retire(line);
        const again = kind === 'sequence' || error instanceof UnconfirmedError;
        if (!again || attempt >= attempts) throw error;
      }
    }
  }

  /** Disconnects; to be called when nothing is being sent. */
  async close(): Promise<void> {
    const line = await this.#line?.catch(() => undefined);
    this.#line = undefined;
    await line?.producer.disconnect();
  }

  async #sendOnce(line: Line, partition: number, messages: readonly Message[]): Promise<void> {
    const { topic, compression } = this.#options;
    line.busy += 1;
    const overdue = setTimeout(() => void this.#askWhy(), overdueMs);
    try {
      const placed = messages.map((message) => ({ ...message, partition }));
      const answer = await line.producer.send({ topic, acks: -1, compression, messages: placed });
      if (answer.some((own) => own.topicName === topic && own.partition === partition && own.errorCode === 0)) {
        this.#overdue = false;
        this.#refusal = undefined;
        return;
      }
      throw new UnconfirmedError(`no broker confirmed the write to ${topic}/${partition}`);
    } finally {
      clearTimeout(overdue);
      line.busy -= 1;
      disconnectIdle(line);
    }
  }

  async #askWhy(): Promise<void> {
    if (this.#overdue) return;
    this.#overdue = true;
    try {
      await this.look();
      if (this.#refusal !== undefined) throw new Error(this.#refusal); // the topic is there and takes nothing: too few replicas, say
      this.#overdue = false; // merely slow, as far as anybody knows
    } catch (reason) {
      if (this.#overdue) this.#options.overdue(reason);
    }
  }

  #connected(): Promise<Line> {
    this.#line ??= this.#connect().catch((error: unknown) => {
      this.#line = undefined;
      throw error;
    });
    return this.#line;
  }

  async #connect(): Promise<Line> {
    const refused = (answer: string): void => {
      this.#refusal = answer;
    };
    const producer = kafkaClient(this.#options.connection, 'stay', refused).producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      retry: kafkaRetry.stay,
      createPartitioner: () => (args) => {
        this.#partitions = args.partitionMetadata.length;
        return args.message.partition ?? 0;
      },
    });
    await producer.connect();
    return { producer, busy: 0, retired: false };
  }

  /** Takes no new sends; those on their way are waited for. */
  #retire(line: Line): void {
    if (line.retired) return;
    line.retired = true;
    this.#line = undefined;
    disconnectIdle(line);
  }
}

function disconnectIdle({ producer, busy, retired }: Line): void {
  if (retired && busy === 0) void producer.disconnect().catch(() => undefined);
}
