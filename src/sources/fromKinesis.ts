import { defer, type Observable } from 'rxjs';
import { z } from 'zod';
import { type KinesisReaderParts, kinesisReader } from '../aws/kinesisReader.ts';
import { checkConfig } from '../config/checkConfig.ts';
import { decodeOptions } from '../config/decodeOptions.ts';
import { deliveryOptions } from '../config/deliveryOptions.ts';
import { kinesisSourceOptions } from '../config/kinesisSourceOptions.ts';
import { recordDecoder } from '../records/recordDecoder.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import type { Tile } from '../tile/tile.ts';
import { fromReader } from './fromReader.ts';
import type { NackPolicy } from './nackPolicy.ts';

const schema = z.strictObject({ ...kinesisSourceOptions.shape, ...deliveryOptions.shape, ...decodeOptions.shape });

/** Options of {@link fromKinesis}: those of the configuration, and what only code can say. */
export type FromKinesisOptions = z.input<typeof schema> & {
  /** Aborting it drains: no record is read any more, what is in flight is finished and committed, then the source completes. */
  readonly drain: AbortSignal;
  /** What becomes of failed tiles; default {@link halt}. */
  readonly onNack?: NackPolicy<StreamRecord> | undefined;
  /** Endpoint, credentials and other parts, where the SDK's own settings are not meant. */
  readonly aws?: KinesisReaderParts | undefined;
};

const commitIntervalMs = 1000;
/** The most that one read brings. */
const bytesPerRead = 10 * 1024 * 1024;
const fewestReadsAtOnce = 4;

/**
 * Reads a Kinesis stream as tiles, together with other processes that name the same lease table.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * fromKinesis({ ...config.kinesis, stream: 'tiles', drain }).pipe(inferAsync({ endpoint }), toKinesis({ stream: 'detections' }))
 */
export function fromKinesis({ drain, onNack, aws, ...options }: FromKinesisOptions): Observable<Envelope<Tile>> {
  const config = checkConfig(schema, options);
  const { order, maxInFlight, maxInFlightBytes, maxRecordBytes, maxImageDimension, maxImagePixels, ...reading } =
    config;
  // What waits to be delivered is of the size of what is in flight.
  const readsAtOnce = Math.max(fewestReadsAtOnce, Math.floor(maxInFlightBytes / bytesPerRead));
  return defer(() =>
    fromReader<StreamRecord, Tile>(kinesisReader(reading, { readsAtOnce, ...aws }), {
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
