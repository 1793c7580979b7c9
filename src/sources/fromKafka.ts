import { defer, type Observable } from 'rxjs';
import { z } from 'zod';
import { checkConfig } from '../config/checkConfig.ts';
import { decodeOptions } from '../config/decodeOptions.ts';
import { deliveryOptions } from '../config/deliveryOptions.ts';
import { kafkaSourceOptions } from '../config/kafkaSourceOptions.ts';
import { kafkaReader } from '../kafka/kafkaReader.ts';
import type { KafkaTransactions } from '../kafka/transactions/kafkaTransactions.ts';
import { recordDecoder } from '../records/recordDecoder.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { Tile } from '../tile/tile.ts';
import { fromReader } from './fromReader.ts';
import type { NackPolicy } from './nackPolicy.ts';

const schema = z.strictObject({ ...kafkaSourceOptions.shape, ...deliveryOptions.shape, ...decodeOptions.shape });

/** Options of {@link fromKafka}: those of the configuration, and what only code can say. */
export type FromKafkaOptions = z.input<typeof schema> & {
  /** Aborting it drains: no record is read any more, what is in flight is finished and committed, then the source completes. */
  readonly drain: AbortSignal;
  /** What becomes of failed tiles; default {@link halt}. */
  readonly onNack?: NackPolicy<StreamRecord> | undefined;
  /** Commits progress together with what is written by sinks and dead letters that share them; {@link kafkaTransactions} makes them. */
  readonly transactions?: KafkaTransactions | undefined;
};

const commitIntervalMs = 1000;

/**
 * Reads a Kafka topic as tiles, as a member of a consumer group; each subscription is a member of its own.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * fromKafka({ ...config.kafka, topic: 'tiles', drain }).pipe(inferAsync({ endpoint }), toKafka({ topic: 'detections' }))
 */
export function fromKafka({ drain, onNack, transactions, ...options }: FromKafkaOptions): Observable<Envelope<Tile>> {
  const config = checkConfig(schema, options);
  const { order, maxInFlight, maxInFlightBytes, maxRecordBytes, maxImageDimension, maxImagePixels, ...reading } =
    config;
  transactions?.check(config);
  return defer(() =>
    fromReader<StreamRecord, Tile>(kafkaReader(reading, transactions), {
      ...recordDecoder({ maxRecordBytes, maxImageDimension, maxImagePixels }),
      drain,
      order,
      maxInFlight,
      maxInFlightBytes,
      keyOf: ({ key }) => (key === null ? undefined : Buffer.from(key).toString()),
      onNack,
      commitIntervalMs,
    }),
  );
}
