import { bufferTime, filter, map, type OperatorFunction } from 'rxjs';
import { BatchDelivery } from '../tile/batchDelivery.ts';
import { Envelope } from '../tile/envelope.ts';

/** Options of {@link batchTiles}. */
export interface BatchOptions {
  /** Most tiles of a batch; keep it below the source's `maxInFlight`, or every batch waits for `maxWaitMs`. */
  readonly maxTiles: number;
  /** Longest time a tile waits for others, in milliseconds. */
  readonly maxWaitMs: number;
}

/** Several tiles that go on together. */
export interface TileBatch<T> {
  readonly tiles: readonly T[];
}

/**
 * Gathers tiles into batches; a batch is settled as one.
 *
 * @example
 * batchTiles({ maxTiles: 16, maxWaitMs: 200 })
 */
export function batchTiles<T extends object>({
  maxTiles,
  maxWaitMs,
}: BatchOptions): OperatorFunction<Envelope<T>, Envelope<TileBatch<T>>> {
  return (source) =>
    source.pipe(
      bufferTime(maxWaitMs, null, maxTiles),
      map((envelopes) => envelopes.filter(({ delivery }) => !delivery.settled)),
      filter(isFilled),
      map(([first, ...rest]) => {
        const tiles = [first, ...rest].map(({ tile }) => tile);
        return new Envelope({ tiles }, new BatchDelivery([first.delivery, ...rest.map(({ delivery }) => delivery)]));
      }),
    );
}

function isFilled<V>(values: V[]): values is [V, ...V[]] {
  return values.length > 0;
}
