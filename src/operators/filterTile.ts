import {
  connect,
  filter,
  ignoreElements,
  type MonoTypeOperatorFunction,
  map,
  merge,
  type OperatorFunction,
} from 'rxjs';
import type { Envelope } from '../tile/envelope.ts';

/** Options of {@link filterTile}. */
export interface FilterOptions<T> {
  /** Where tiles go that are not kept; it must settle them, as a sink does. Default: they are acknowledged and gone. */
  readonly otherwise?: OperatorFunction<Envelope<T>, unknown> | undefined;
}

/**
 * Keeps the tiles for which `keep` answers true; the others are acknowledged, or go another way.
 *
 * An error of `keep` nacks the tile.
 *
 * @example
 * filterTile('confident', ({ confidence }) => confidence > 0.5, { otherwise: toKafka({ …, topic: 'review' }) })
 */
export function filterTile<T extends object>(
  name: string,
  keep: (tile: T) => boolean,
  { otherwise }: FilterOptions<T> = {},
): MonoTypeOperatorFunction<Envelope<T>> {
  const decide = (envelope: Envelope<T>): boolean | undefined => {
    try {
      return keep(envelope.tile);
    } catch (error) {
      envelope.nack(error, name);
      return undefined;
    }
  };
  if (otherwise === undefined) {
    return filter((envelope) => {
      const kept = decide(envelope);
      if (kept === false) envelope.ack();
      return kept === true;
    });
  }
  return (source) =>
    source.pipe(
      map((envelope) => ({ envelope, kept: decide(envelope) })),
      connect((decided) =>
        merge(
          decided.pipe(
            filter(({ kept }) => kept === true),
            map(({ envelope }) => envelope),
          ),
          decided.pipe(
            filter(({ kept }) => kept === false),
            map(({ envelope }) => envelope),
            otherwise,
            ignoreElements(),
          ),
        ),
      ),
    );
}
