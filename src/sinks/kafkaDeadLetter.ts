import { kafkaWriter } from '../kafka/kafkaWriter.ts';
import { encodeDeadLetter } from '../records/encodeDeadLetter.ts';
import type { NackPolicy } from '../sources/nackPolicy.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { toDeadLetter } from './toDeadLetter.ts';
import type { ToKafkaOptions } from './toKafka.ts';

/**
 * A policy that writes failed records to a Kafka topic: key, value and headers as they were, and headers that say why.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * fromKafka({ topic: 'tiles', drain, onNack: kafkaDeadLetter({ topic: 'tiles.dead' }) })
 */
export function kafkaDeadLetter({
  pipeline = 'swath',
  now,
  transactions,
  ...options
}: ToKafkaOptions): NackPolicy<StreamRecord> {
  return toDeadLetter(
    kafkaWriter(options, transactions),
    (failed, nowMs, brief) => encodeDeadLetter('binary', failed, { pipeline, nowMs, brief }),
    now,
  );
}
