import { SourceError } from '../../errors/sourceError.ts';
import { kafkaFault } from '../kafkaFault.ts';
import { transactionTimeoutMs } from './transactionTimeoutMs.ts';

/** So often in a row brokers may refuse for a reason that we do not know to pass. */
const attempts = 10;

const rules: Readonly<Record<string, string>> = {
  INVALID_TRANSACTION_TIMEOUT: `the transaction timeout of ${transactionTimeoutMs} ms is longer than these brokers allow: they need a transaction.max.timeout.ms of ${transactionTimeoutMs} or more`,
  OFFSET_METADATA_TOO_LARGE:
    'the brokers keep too little beside the offsets: transactions need an offset.metadata.max.bytes of 4096 or more',
  UNSUPPORTED_VERSION: 'the brokers are too old for transactions, which need Apache Kafka 0.11 or later',
  UNSUPPORTED_FOR_MESSAGE_FORMAT:
    'the brokers keep a topic in a format older than transactions: they need a log.message.format.version of 0.11 or later',
};

/** Tells what brokers refuse for good from what may pass, over the attempts at one thing. */
export class Refusals {
  readonly #name: string;
  #unknown = 0;

  /** @param name - `topic/partition`. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Says why it will never work; `undefined` where another attempt may help. */
  lasting(error: unknown): unknown {
    const { kind, type, message } = kafkaFault(error);
    if (kind === 'authorization') return error; // whoever tells it knows the user
    const rule = rules[type ?? ''];
    this.#unknown = kind === 'other' ? this.#unknown + 1 : 0;
    if (rule === undefined && this.#unknown < attempts) return undefined;
    const text = `no transactions on ${this.#name}: ${rule ?? `tried ${this.#unknown} times: ${message}`}`;
    return new SourceError('SOURCE_FAILED', this.#name, text, { cause: error });
  }
}
