import type { MonoTypeOperatorFunction } from 'rxjs';
import type { KafkaSinkOptions } from '../config/kafkaSinkOptions.ts';
import { kafkaWriter } from '../kafka/kafkaWriter.ts';
import type { KafkaTransactions } from '../kafka/transactions/kafkaTransactions.ts';
import type { InferredTile } from '../operators/awaitResult.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { Tile } from '../tile/tile.ts';
import { type MaybeResultOptions, type ResultFacts, type ResultOptions, toResults } from './toResults.ts';

/** Options of {@link toKafka}: those of the configuration, and what only code can say. */
export type ToKafkaOptions = KafkaSinkOptions &
  ResultFacts & {
    /** Shared with the source, whose progress is committed together with what is written; {@link kafkaTransactions} makes them. */
    readonly transactions?: KafkaTransactions | undefined;
  };

/**
 * Writes each tile's result to a Kafka topic, as a CloudEvent in binary mode, and acknowledges the tile after the brokers confirmed it.
 *
 * Without `value` the endpoint's answer is written, byte for byte.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * toKafka({ ...config.kafka, topic: 'detections', value: ({ features }) => features })
 */
export function toKafka<T extends Pick<Tile, 'id'>>(
  options: ToKafkaOptions & ResultOptions<T>,
): MonoTypeOperatorFunction<Envelope<T>>;
export function toKafka<T extends Pick<Tile, 'id'> & InferredTile>(
  options: ToKafkaOptions,
): MonoTypeOperatorFunction<Envelope<T>>;
export function toKafka<T extends Pick<Tile, 'id'>>({
  pipeline,
  now,
  value,
  contentType,
  transactions,
  ...options
}: ToKafkaOptions & MaybeResultOptions<T>): MonoTypeOperatorFunction<Envelope<T>> {
  return toResults<T>(kafkaWriter(options, transactions), 'binary', { pipeline, now, value, contentType });
}
