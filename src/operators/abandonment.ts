import { Observable } from 'rxjs';
import type { Delivery } from '../tile/delivery.ts';

/** Emits when a delivery is abandoned. */
export function abandonment(delivery: Delivery): Observable<void> {
  return new Observable((subscriber) => delivery.onAbandon(() => subscriber.next()));
}
