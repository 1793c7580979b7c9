import type { EndpointCount, EndpointStats } from './endpointStats.ts';

/** How many ids a map of counts remembers. */
const MAX_REMEMBERED = 1_000_000;

/** Counts what happens at one endpoint. */
export class EndpointCounters {
  readonly #counts: Record<EndpointCount, number> = {
    accepted: 0,
    throttled: 0,
    refused: 0,
    containerCalls: 0,
    completed: 0,
    failed: 0,
    expired: 0,
    timedOut: 0,
    queued: 0,
    running: 0,
    maxRunning: 0,
  };
  readonly #byInferenceId = new Map<string, number>();
  readonly #byOutputLocation = new Map<string, number>();
  lastProblem: string | undefined;

  add(name: EndpointCount, by = 1): void {
    this.#counts[name] += by;
    if (name === 'running') this.#counts.maxRunning = Math.max(this.#counts.maxRunning, this.#counts.running);
  }

  get(name: EndpointCount): number {
    return this.#counts[name];
  }

  accepted(inferenceId: string, outputLocation: string): void {
    this.#counts.accepted += 1;
    countUp(this.#byInferenceId, inferenceId);
    countUp(this.#byOutputLocation, outputLocation);
  }

  /** The counts as they are now; the maps stay live. */
  stats(): EndpointStats {
    return {
      ...this.#counts,
      byInferenceId: this.#byInferenceId,
      byOutputLocation: this.#byOutputLocation,
      lastProblem: this.lastProblem,
    };
  }
}

function countUp(counts: Map<string, number>, id: string): void {
  counts.set(id, (counts.get(id) ?? 0) + 1);
  if (counts.size <= MAX_REMEMBERED) return;
  for (const oldest of counts.keys()) {
    counts.delete(oldest);
    return;
  }
}
