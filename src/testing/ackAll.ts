import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import type { Envelope } from '../tile/envelope.ts';

/** A sink for tests: acknowledges whatever comes. */
export function ackAll<T>(): MonoTypeOperatorFunction<Envelope<T>> {
  return tap((envelope) => envelope.ack());
}
