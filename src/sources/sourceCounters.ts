import { diag } from '@opentelemetry/api';
import { instruments } from '../telemetry/metrics.ts';
import { progressOf, type RunProgress } from '../telemetry/runProgress.ts';
import type { DeliveryOutcome } from '../tile/deliveryLedger.ts';

/** Adds what one source does to the metrics, and to the counters of its run, which other sources of the run add to as well. */
export class SourceCounters {
  readonly progress: RunProgress;
  readonly #drain: AbortSignal;
  readonly #stream: string;
  #partitions = 0;
  /** Tiles that the present revocation takes out of flight. */
  #abandoned = 0;
  /** Absent before the log told. */
  #caughtUp: boolean | undefined;
  #ended = false;

  constructor(drain: AbortSignal, stream: string) {
    this.progress = progressOf(drain);
    this.#drain = drain;
    this.#stream = stream;
    this.progress.sources += 1;
  }

  /** @param partitions - How many the source holds now. */
  hold(partitions: number): void {
    this.progress.partitions += partitions - this.#partitions;
    this.#partitions = partitions;
  }

  /** The log gave a partition: where it does not tell how far it was read, that counts as read to its end. */
  assigned(partitions: number): void {
    this.hold(partitions);
    if (this.#caughtUp === undefined) this.caughtUp(true);
  }

  /** A partition was taken away, and its tiles with it. Those that a drain was to finish come again, which its end must not hide. */
  revoked(partition: string, partitions: number): void {
    this.hold(partitions);
    const count = this.#abandoned;
    this.#abandoned = 0;
    if (count === 0 || !this.#drain.aborted) return;
    diag.warn(`${this.#stream}/${partition} was taken away during the drain: ${count} tiles in flight come again`);
    this.progress.takenAway += count;
  }

  /** Whether all that lay in the log has been delivered. */
  caughtUp(is: boolean): void {
    if (this.#ended) return;
    this.progress.turns += 1;
    this.progress.caughtUp += Number(is) - Number(this.#caughtUp ?? false);
    this.#caughtUp = is;
  }

  /** The source reads no more; idempotent. */
  ended(partitions: number): void {
    this.hold(partitions);
    if (this.#ended) return;
    this.caughtUp(false);
    this.#ended = true;
    this.progress.sources -= 1;
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
    if (outcome === 'abandoned') this.#abandoned += 1;
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
