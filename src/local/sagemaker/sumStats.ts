import { EndpointCounters } from './endpointCounters.ts';
import type { EndpointStats } from './endpointStats.ts';

/** Adds the counts of several endpoints. */
export function sumStats(all: readonly EndpointStats[]): EndpointStats {
  const [first, ...others] = all;
  if (first === undefined) return new EndpointCounters().stats();
  return others.reduce(sumOfTwo, first);
}

function sumOfTwo(a: EndpointStats, b: EndpointStats): EndpointStats {
  return {
    accepted: a.accepted + b.accepted,
    throttled: a.throttled + b.throttled,
    refused: a.refused + b.refused,
    containerCalls: a.containerCalls + b.containerCalls,
    completed: a.completed + b.completed,
    failed: a.failed + b.failed,
    expired: a.expired + b.expired,
    timedOut: a.timedOut + b.timedOut,
    queued: a.queued + b.queued,
    running: a.running + b.running,
    maxRunning: Math.max(a.maxRunning, b.maxRunning),
    byInferenceId: sumOfMaps(a.byInferenceId, b.byInferenceId),
    byOutputLocation: sumOfMaps(a.byOutputLocation, b.byOutputLocation),
    lastProblem: b.lastProblem ?? a.lastProblem,
  };
}

function sumOfMaps(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): Map<string, number> {
  const sum = new Map(a);
  for (const [id, count] of b) sum.set(id, (sum.get(id) ?? 0) + count);
  return sum;
}
