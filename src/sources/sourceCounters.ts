import { diag } from '@opentelemetry/api';
import { instruments } from '../telemetry/metrics.ts';
import { progressOf, type RunProgress } from '../telemetry/runProgress.ts';
import type { DeliveryOutcome } from '../tile/deliveryLedger.ts';

/** Adds what one source does to the metrics, and to the counters of its run, which other sources of the run add to as well. */
export class SourceCounters {
  readonly progress: RunProgress;
  readonly #stream: string;
  #partitions = 0;

  constructor(drain: AbortSignal, stream: string) {
    this.progress = progressOf(drain);
    this.#stream = stream;
  }

  /** @param partitions - How many the source holds now. */
  hold(partitions: number): void {
    this.progress.partitions += partitions - this.#partitions;
    this.#partitions = partitions;
  }

  delivered(): void {
    this.progress.read += 1;
    this.progress.inFlight += 1;
    instruments().inFlight(1);
  }

  /** @param seconds - From the first delivery of the record. */
  returned(outcome: DeliveryOutcome, seconds: number): void {
    this.progress.inFlight -= 1;
    if (outcome === 'acked') this.progress.acked += 1;
    instruments().inFlight(-1);
    instruments().tileSettled(outcome === 'settled' ? 'dead_lettered' : outcome, seconds);
  }

  mapIgnored(partition: string): void {
    diag.warn(
      `the commit of ${this.#stream}/${partition} carries metadata that is not a map of swath's; finished tiles may repeat`,
    );
    this.progress.mapsIgnored += 1;
    instruments().mapIgnored(this.#stream);
  }

  /** Passes a commit on, and counts how it ended. */
  async committed(commit: Promise<void>): Promise<void> {
    try {
      await commit;
    } catch (error) {
      instruments().commitFailed(this.#stream);
      throw error;
    }
    instruments().committed(this.#stream);
  }
}
