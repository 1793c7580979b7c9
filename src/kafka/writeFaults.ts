import { SourceError } from '../errors/sourceError.ts';
import { WriteError } from '../errors/writeError.ts';
import type { KafkaConnection } from './kafkaClient.ts';
import { kafkaFault } from './kafkaFault.ts';
import { toSourceError } from './toSourceError.ts';

/** Says in plain words why a topic was not written to. */
export class WriteFaults {
  readonly #topic: string;
  readonly #connection: KafkaConnection;

  constructor(topic: string, connection: KafkaConnection) {
    this.#topic = topic;
    this.#connection = connection;
  }

  tooLarge(bytes: number): WriteError {
    const message = `a record of ${bytes} bytes is larger than topic ${this.#topic} takes (max.message.bytes)`;
    return new WriteError('RECORD_TOO_LARGE_TO_WRITE', this.#topic, message);
  }

  /** The topic refuses the record itself, whatever its size, or because of it. */
  refused(bytes: number, cause: unknown): WriteError {
    const { kind, message } = kafkaFault(cause);
    if (kind !== 'record') return this.tooLarge(bytes);
    return new WriteError('RECORD_REFUSED', this.#topic, `topic ${this.#topic} refuses a record: ${message}`, {
      cause,
    });
  }

  failed(message: string, cause?: unknown): WriteError {
    return new WriteError('WRITE_FAILED', this.#topic, `cannot write to topic ${this.#topic}: ${message}`, { cause });
  }

  /** The record is not to be written any more. */
  abandoned(): WriteError {
    const why = 'its tile failed elsewhere, or its partition is another member’s';
    return new WriteError('WRITE_ABANDONED', this.#topic, `a record was not written to topic ${this.#topic}: ${why}`);
  }

  /** A failure that would be waited out later, but not before the first write. */
  atStart({ cause }: WriteError): SourceError {
    return toSourceError(cause, this.#topic, this.#connection);
  }

  /**
   * What the brokers answered: a topic that is gone may come back; one that was never there is a mistake to be told at once.
   *
   * @param worked - Whether the topic has been there.
   */
  reasonOf(error: unknown, worked: boolean): SourceError | WriteError {
    if (error instanceof WriteError || error instanceof SourceError) return error;
    const { kind, type, message } = kafkaFault(error);
    const hopeless = kind === 'authorization' || (kind === 'topic' && !worked);
    if (hopeless) return toSourceError(error, this.#topic, this.#connection);
    return this.failed(kind === 'topic' ? `the brokers have no such topic (${type})` : message, error);
  }
}
