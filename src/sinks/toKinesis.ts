import type { MonoTypeOperatorFunction } from 'rxjs';
import { type KinesisWriterParts, kinesisWriter } from '../aws/kinesisWriter.ts';
import type { KinesisSinkOptions } from '../config/kinesisSinkOptions.ts';
import type { InferredTile } from '../operators/awaitResult.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { Tile } from '../tile/tile.ts';
import { type ResultFacts, type ResultOptions, toResults } from './toResults.ts';

/** Options of {@link toKinesis}: those of the configuration, and what only code can say. */
export type ToKinesisOptions = KinesisSinkOptions &
  ResultFacts & {
    /** Endpoint, credentials and other parts, where the SDK's own settings are not meant. */
    readonly aws?: KinesisWriterParts | undefined;
  };

/**
 * Writes each tile's result to a Kinesis stream, as a structured CloudEvent, and acknowledges the tile after Kinesis confirmed it.
 *
 * Without `value` the endpoint's answer is written, byte for byte.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * toKinesis({ ...config.kinesis, stream: 'detections', value: ({ features }) => features })
 */
export function toKinesis<T extends Pick<Tile, 'id'>>(
  options: ToKinesisOptions & ResultOptions<T>,
): MonoTypeOperatorFunction<Envelope<T>>;
export function toKinesis<T extends Pick<Tile, 'id'> & InferredTile>(
  options: ToKinesisOptions,
): MonoTypeOperatorFunction<Envelope<T>>;
export function toKinesis<T extends Pick<Tile, 'id'>>({
  pipeline,
  now,
  aws,
  value,
  contentType,
  ...options
}: ToKinesisOptions & Partial<ResultOptions<T>>): MonoTypeOperatorFunction<Envelope<T>> {
  return toResults<T>(kinesisWriter(options, aws), 'structured', { pipeline, now, value, contentType });
}
