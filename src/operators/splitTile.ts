import { from, mergeMap, type OperatorFunction } from 'rxjs';
import { Envelope } from '../tile/envelope.ts';
import { SharedDelivery } from '../tile/sharedDelivery.ts';

/**
 * Makes several tiles of one. The record is acknowledged when every part is, and fails with the first part that fails.
 *
 * No parts means the tile is finished. An error of `split` nacks the tile. Parts need ids of their own where a later stage
 * names jobs or records by id.
 *
 * @example
 * splitTile('bands', ({ id, bands }) => bands.map((band) => ({ id: `${id}-${band.name}`, payload: band.payload })))
 */
export function splitTile<T extends object, P extends object>(
  name: string,
  split: (tile: T) => readonly P[],
): OperatorFunction<Envelope<T>, Envelope<P>> {
  const partsOf = (envelope: Envelope<T>): Envelope<P>[] => {
    try {
      const parts = split(envelope.tile);
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
