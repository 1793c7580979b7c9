import type { MonoTypeOperatorFunction } from 'rxjs';
import type { InferredTile } from '../operators/awaitResult.ts';
import type { RecordWriter } from '../ports/recordWriter.ts';
import { encodeResult } from '../records/encodeResult.ts';
import type { EventMode } from '../records/eventMode.ts';
import { carrierFrom } from '../telemetry/carrierFrom.ts';
import type { Envelope } from '../tile/envelope.ts';
import type { Tile } from '../tile/tile.ts';
import { toWriter } from './toWriter.ts';

/** What a sink of results needs beside its configuration. */
export interface ResultFacts {
  /** Name of the pipeline, for the event's source; default `swath`. */
  readonly pipeline?: string | undefined;
  /** Wall clock in milliseconds since the epoch; default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/** What is written of a tile. */
export interface ResultOptions<T> {
  /** Bytes are written as they are, anything else as JSON. */
  readonly value: (tile: T) => unknown;
  /** Media type of the value; default `application/octet-stream` for bytes, `application/json` else. */
  readonly contentType?: ((tile: T) => string | undefined) | undefined;
}

/** {@link ResultOptions}, or nothing for the endpoint's answer. */
export interface MaybeResultOptions<T> {
  readonly value?: ResultOptions<T>['value'] | undefined;
  readonly contentType?: ResultOptions<T>['contentType'];
}

/** A tile whose answer from the endpoint may be there. */
type AnsweredTile = Pick<Tile, 'id'> & Partial<InferredTile>;

const answer: ResultOptions<AnsweredTile> = {
  value: ({ result }) => result?.bytes,
  contentType: ({ result }) => result?.contentType,
};

/**
 * Writes each tile's result as a CloudEvent, and acknowledges the tile after the output confirmed it.
 *
 * Without `value` the endpoint's answer is written, byte for byte.
 */
export function toResults<T extends AnsweredTile>(
  writer: RecordWriter,
  mode: EventMode,
  { pipeline = 'swath', now = Date.now, ...given }: ResultFacts & MaybeResultOptions<T>,
): MonoTypeOperatorFunction<Envelope<T>> {
  const result: MaybeResultOptions<T> = given.value === undefined ? answer : given;
  return toWriter<T>(writer, {
    toRecord: ({ tile, origin }, context) =>
      encodeResult(mode, {
        pipeline,
        id: tile.id,
        origin,
        timeMs: now(),
        value: result.value?.(tile),
        contentType: result.contentType?.(tile),
        carrier: carrierFrom(context),
      }),
  });
}
