import type { TrackedDelivery } from '../tile/trackedDelivery.ts';
import type { SessionOptions } from './readerSourceOptions.ts';

/** The key under which deliveries go one at a time; `undefined` for those that need not wait. */
export function orderKey<R, T extends object>({
  order,
  keyOf,
}: SessionOptions<R, T>): (delivery: TrackedDelivery<R>) => string | undefined {
  if (order === 'none') return () => undefined;
  if (order === 'partition') return ({ origin }) => origin.partition;
  return ({ origin, facts }) => {
    const key = keyOf(facts.record);
    return key === undefined ? undefined : `${origin.partition}\u0000${key}`;
  };
}
