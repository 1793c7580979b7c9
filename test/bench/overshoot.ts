import { adaptedSchedule } from '../../src/operators/adaptedSchedule.ts';
import { backoffSchedule } from '../../src/operators/backoffSchedule.ts';
import type { PollSchedule } from '../../src/operators/pollSchedule.ts';

/** How late a schedule finds out, as a share of the service time, and how often it looks. */
export interface Overshoot {
  readonly ratio: number;
  readonly polls: number;
}

const jobs = 20_000;

/** Lognormal service times (median 2 s, sigma 0.5), on a clock of its own: adapted looks beside a geometric backoff (0.25 s × 1.5). */
export function overshoot(): { adapted: Overshoot; backoff: Overshoot } {
  const geometric = backoffSchedule({ intervalMs: 250, multiplier: 1.5, maxIntervalMs: 60_000 });
  return { adapted: simulate(adaptedSchedule()), backoff: simulate(geometric) };
}

function simulate(schedule: PollSchedule): Overshoot {
  let polls = 0;
  let lateMs = 0;
  let serviceMs = 0;
  for (let job = 0; job < jobs; job++) {
    const plan = schedule.plan();
    const doneMs = 2_000 * Math.exp(0.5 * gaussian());
    let atMs = plan.firstMs;
    let pendingMs = 0;
    let looks = 1;
    for (; atMs < doneMs; looks++) {
      if (plan.looksForFailure(atMs, looks)) polls += 1;
      pendingMs = atMs;
      atMs = plan.nextMs(atMs, looks);
    }
    plan.found(pendingMs, atMs);
    polls += looks;
    lateMs += atMs - doneMs;
    serviceMs += doneMs;
  }
  return { ratio: lateMs / serviceMs, polls: polls / jobs };
}

function gaussian(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
