import type { RootDelivery } from '../../tile/delivery.ts';
import type { PendingWrite } from './pendingWrite.ts';

type Write = Pick<PendingWrite, 'roots'>;

/**
 * Chooses what can go into a transaction now: all outputs of a delivery, or none of them.
 *
 * A delivery is complete when every part that it was split into waits here, or is acknowledged without an output. What was gathered
 * from several deliveries waits until all of them are complete.
 */
export function selectWrites<W extends Write>(waiting: readonly W[]): W[] {
  let chosen: readonly W[] = waiting;
  for (;;) {
    const parts = countParts(chosen);
    const next = chosen.filter(({ roots }) => roots.every((root) => parts.get(root) === root.leaves));
    if (next.length === chosen.length) return next;
    chosen = next; // what else is made of the deliveries that these are made of, has to wait with them
  }
}

/** True when the record must not be written any more: a delivery whose output it is failed, or is not ours any more. */
export function isVoid({ roots }: Write): boolean {
  return roots.some(({ settled }) => settled);
}

function countParts(writes: readonly Write[]): Map<RootDelivery, number> {
  const parts = new Map<RootDelivery, number>();
  for (const { roots } of writes) for (const root of roots) parts.set(root, (parts.get(root) ?? 0) + 1);
  return parts;
}
