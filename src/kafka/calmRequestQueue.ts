import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
}
interface RequestQueueClass {
  readonly prototype: { scheduleCheckPendingRequests(this: RequestQueue): void };
}

let calmed = false;

/**
 * Stops kafkajs 2.2.4 from setting a timer after each answer although nothing waits to be sent.
 *
 * The timer's delay is a large negative number then, for which Node prints a warning on the user's terminal.
 */
export function calmRequestQueue(): void {
  if (calmed) return;
  calmed = true;
  const { prototype } = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue/index.js',
  ) as RequestQueueClass;
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}
