import { diag } from '@opentelemetry/api';
import { from, mergeMap, type OperatorFunction } from 'rxjs';
import { Envelope } from '../tile/envelope.ts';
import { SharedDelivery } from '../tile/sharedDelivery.ts';

/**
 * Makes several tiles of one. The record is acknowledged when every part is, and fails with the first part that fails.
 *
 * No parts means the tile is finished. An error of `split` nacks the tile. Parts need ids of their own where a later stage
 * names jobs or records by id: one would be given the result of another. Where two have the same, that is warned of once.
 *
 * @example
 * splitTile('bands', ({ id, bands }) => bands.map((band) => ({ id: `${id}-${band.name}`, payload: band.payload })))
 */
export function splitTile<T extends object, P extends object>(
  name: string,
  split: (tile: T) => readonly P[],
): OperatorFunction<Envelope<T>, Envelope<P>> {
  let told = false;
  const partsOf = (envelope: Envelope<T>): Envelope<P>[] => {
    try {
      const parts = split(envelope.tile);
      const twin = told ? undefined : findTwin(parts);
      if (twin !== undefined)
        diag.warn(`${name}: two parts of a record have the id ${twin}, and may be taken for each other`);
      told ||= twin !== undefined;
      const shared = new SharedDelivery(envelope.delivery, parts.length);
      if (parts.length === 0) envelope.ack();
      return parts.map((part) => new Envelope(part, shared.part()));
    } catch (error) {
      envelope.nack(error, name);
      return [];
    }
  };
  return mergeMap((envelope) => from(partsOf(envelope)));
}

/** An id that two parts have. */
function findTwin(parts: readonly object[]): string | undefined {
  const ids = parts.flatMap((part) => ('id' in part && typeof part.id === 'string' ? [part.id] : []));
  const seen = new Set<string>();
  return ids.find((id) => seen.size === seen.add(id).size);
}
