import { kinesisWriter } from '../aws/kinesisWriter.ts';
import { encodeDeadEvents } from '../records/encodeDeadEvents.ts';
import type { NackPolicy } from '../sources/nackPolicy.ts';
import { carrierFrom } from '../telemetry/carrierFrom.ts';
import type { StreamRecord } from '../tile/streamRecord.ts';
import { toDeadLetter } from './toDeadLetter.ts';
import type { ToKinesisOptions } from './toKinesis.ts';

/**
 * A policy that writes failed records to a Kinesis stream, each as a structured CloudEvent of type `swath.tile.dead` around the original
 * bytes; a record whose event would be larger than a stream takes travels in several.
 *
 * @throws ConfigurationError when an option breaks its rule.
 * @example
 * fromKinesis({ stream: 'tiles', drain, onNack: kinesisDeadLetter({ stream: 'tiles.dead' }) })
 */
export function kinesisDeadLetter({
  pipeline = 'swath',
  aws,
  now,
  ...options
}: ToKinesisOptions): NackPolicy<StreamRecord> {
  return toDeadLetter(
    kinesisWriter(options, aws),
    (failed, nowMs) => encodeDeadEvents(failed, { pipeline, nowMs, carrier: carrierFrom(failed.context) }),
    now,
  );
}
