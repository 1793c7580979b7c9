import { messageOf } from '../errors/messageOf.ts';

/** What went wrong between us and the brokers, by what can be done about it. */
export interface KafkaFault {
  /**
   * `authorization`: refused for good. `topic`: the topic is not there. `member`: another generation of the group counts now.
   * `tooLarge`: the record, or the batch it is in. `record`: one of the records, whatever its size. `metadata`: the map beside a committed offset.
   * `sequence`: the producer's numbering is broken. `transient`: may pass. `other`: refused, for another reason.
   */
  readonly kind:
    | 'authorization'
    | 'topic'
    | 'member'
    | 'tooLarge'
    | 'record'
    | 'metadata'
    | 'sequence'
    | 'transient'
    | 'other';
  /** The protocol's name of the error, where the broker gave one. */
  readonly type: string | undefined;
  readonly message: string;
}

const kindOfType: Readonly<Record<string, KafkaFault['kind']>> = {
  TOPIC_AUTHORIZATION_FAILED: 'authorization',
  GROUP_AUTHORIZATION_FAILED: 'authorization',
  CLUSTER_AUTHORIZATION_FAILED: 'authorization',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'authorization',
  SASL_AUTHENTICATION_FAILED: 'authorization',
  UNSUPPORTED_SASL_MECHANISM: 'authorization',
  ILLEGAL_SASL_STATE: 'authorization',
  UNKNOWN_TOPIC_OR_PARTITION: 'topic',
  INVALID_TOPIC_EXCEPTION: 'topic',
  REBALANCE_IN_PROGRESS: 'member',
  ILLEGAL_GENERATION: 'member',
  UNKNOWN_MEMBER_ID: 'member',
  FENCED_INSTANCE_ID: 'member',
  INVALID_RECORD: 'record',
  INVALID_TIMESTAMP: 'record',
  MESSAGE_TOO_LARGE: 'tooLarge',
  RECORD_LIST_TOO_LARGE: 'tooLarge',
  OFFSET_METADATA_TOO_LARGE: 'metadata',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'sequence',
  DUPLICATE_SEQUENCE_NUMBER: 'sequence',
  UNKNOWN_PRODUCER_ID: 'sequence',
  INVALID_PRODUCER_EPOCH: 'sequence',
  BROKER_NOT_AVAILABLE: 'transient',
  CONCURRENT_TRANSACTIONS: 'transient', // the client says it does not pass, and waits for it all the same
};

/** Reads the reason out of an error of the Kafka library, which wraps it once per layer of retries. */
export function kafkaFault(error: unknown): KafkaFault {
  let last: Error | undefined;
  for (let at = error; at instanceof Error; at = at.cause) {
    last = at;
    const type = 'type' in at && typeof at.type === 'string' ? at.type : undefined;
    if (type !== undefined) return { kind: kindOfType[type] ?? passes(at), type, message: `${at.message} (${type})` };
    if (at.name === 'KafkaJSSASLAuthenticationError')
      return { kind: 'authorization', type: undefined, message: at.message };
  }
  if (last === undefined) return { kind: 'other', type: undefined, message: messageOf(error) };
  return { kind: passes(last), type: undefined, message: hints[last.name] ?? last.message };
}

/** The library calls these final, though they are states of a cluster that pass. */
const passing = new Set(['KafkaJSGroupCoordinatorNotFound', 'KafkaJSLockTimeout', 'KafkaJSTimeout']);

/** What the client does not say: it drops the brokers' reasons here. */
const hints: Readonly<Record<string, string>> = {
  KafkaJSGroupCoordinatorNotFound:
    'no broker names the coordinator of the consumer group: the cluster is still starting, or the user may not use the group',
};

function passes(error: Error): KafkaFault['kind'] {
  if ('retriable' in error && error.retriable === true) return 'transient';
  return passing.has(error.name) ? 'transient' : 'other';
}
