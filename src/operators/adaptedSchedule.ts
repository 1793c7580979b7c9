import { planPolls } from './planPolls.ts';
import type { PollPlan, PollSchedule } from './pollSchedule.ts';
import { edgeMs, ServiceTimes } from './serviceTimes.ts';

/** Options of {@link adaptedSchedule}. */
export interface AdaptedScheduleOptions {
  /** Lateness that one look is worth, as a share of the mean service time; default 0.1. More looks come sooner and cost more. */
  readonly costShare?: number | undefined;
  /** First look while nothing is known, in milliseconds; default 250. Later looks wait 1.5 times as long, up to 5 s. */
  readonly coldFirstMs?: number | undefined;
  readonly random?: (() => number) | undefined;
}

const learnt = 16; // observations from which a plan is made
const replanEvery = 64;
const growth = 1.5; // of the waits in the tail, and while nothing is known
const coldMaxMs = 5_000;
const jitter = 0.1;

/**
 * Learns the service times from what earlier looks found, and places the looks where they pay: none before results can be there,
 * dense where most come, sparse in the tail. Follows changes of the service times within a few hundred tiles.
 *
 * @example
 * awaitResult({ endpoint, schedule: adaptedSchedule() })
 */
export function adaptedSchedule(options: AdaptedScheduleOptions = {}): PollSchedule {
  const { costShare = 0.1, coldFirstMs = 250, random = Math.random } = options;
  const times = new ServiceTimes();
  let looks: readonly number[] | undefined;
  let planned = 0;

  const replan = (): void => {
    planned = times.count;
    const shares = times.shares();
    const meanMs = shares.reduce((sum, share, bin) => sum + share * edgeMs(bin), 0);
    looks = planPolls(shares, costShare * meanMs);
  };
  const found = (pendingMs: number, foundMs: number): void => {
    times.observe(pendingMs, foundMs);
    if (times.count >= learnt && times.count - planned >= Math.min(replanEvery, planned)) replan();
  };
  const spread = (): number => 1 + jitter * (2 * random() - 1);
  const cold: PollPlan = {
    get firstMs() {
      return coldFirstMs * spread();
    },
    nextMs: (sinceMs, attempt) => sinceMs + Math.min(coldFirstMs * growth ** attempt, coldMaxMs) * spread(),
    looksForFailure: (_, attempt) => attempt >= 3 && attempt % 2 === 1,
    found,
  };
  return { plan: () => (looks === undefined ? cold : warmPlan(looks, spread, found)) };
}

function warmPlan(looks: readonly number[], spread: () => number, found: PollPlan['found']): PollPlan {
  const [first = 0, second = first * growth] = looks;
  return {
    firstMs: first + (second - first) * (spread() - 1),
    nextMs: (sinceMs, attempt) => {
      const [before = sinceMs, due = before + Math.max(sinceMs * (growth - 1), 20)] = looks.slice(
        attempt - 1,
        attempt + 1,
      );
      return Math.max(sinceMs + 1, due + (due - before) * (spread() - 1));
    },
    // Failures come when results do; while looks are dense, looking for both each time would double their cost.
    looksForFailure: (_, attempt) => attempt >= looks.length || attempt % 4 === 3,
    found,
  };
}
