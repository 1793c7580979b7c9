import type { AsyncEndpointOptions } from '../config/asyncEndpointOptions.ts';
import { adaptedSchedule } from './adaptedSchedule.ts';
import { backoffSchedule } from './backoffSchedule.ts';
import type { PollSchedule } from './pollSchedule.ts';

/** Makes the schedule that an endpoint's options ask for: {@link adaptedSchedule} unless `completion` is `backoff`. */
export function completionSchedule({
  completion,
  poll,
}: Pick<AsyncEndpointOptions, 'completion' | 'poll'>): PollSchedule {
  return completion === 'backoff' ? backoffSchedule(poll) : adaptedSchedule();
}
