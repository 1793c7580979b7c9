import { setTimeout as sleep } from 'node:timers/promises';
import { toSwathError } from '../errors/toSwathError.ts';
import { endTileSpan } from '../telemetry/endTileSpan.ts';
import type { RunProgress } from '../telemetry/runProgress.ts';
import type { DeliveryLedger } from '../tile/deliveryLedger.ts';
import { FailedDelivery } from '../tile/failedDelivery.ts';
import type { TrackedDelivery } from '../tile/trackedDelivery.ts';
import type { NackPolicy } from './nackPolicy.ts';

/** What a {@link NackDesk} reports to. */
export interface NackDeskOptions<R> {
  readonly emit: (delivery: TrackedDelivery<R>) => void;
  readonly fail: (error: unknown) => void;
  readonly progress: RunProgress;
}

/** Takes failed deliveries to the policy, and does what it says; the position counts as done only after that. */
export class NackDesk<R> {
  readonly #ledger: DeliveryLedger<R>;
  readonly #policy: NackPolicy<R>;
  readonly #options: NackDeskOptions<R>;

  constructor(ledger: DeliveryLedger<R>, policy: NackPolicy<R>, options: NackDeskOptions<R>) {
    this.#ledger = ledger;
    this.#policy = policy;
    this.#options = options;
  }

  async handle(delivery: TrackedDelivery<R>, raw: unknown, stage: string): Promise<void> {
    const { progress, emit, fail } = this.#options;
    const reason = toSwathError(raw);
    const abandoned = new AbortController();
    delivery.onAbandon(() => abandoned.abort());
    const { facts, origin, attempt, context } = delivery;
    const { signal } = abandoned;
    const failed = new FailedDelivery(delivery);
    try {
      const { record } = facts;
      const verdict = await this.#policy({
        record,
        origin,
        attempt,
        reason,
        stage,
        delivery: failed,
        context,
        signal,
      });
      if (delivery.abandoned) return;
      if (verdict === 'settled') {
        progress.deadLettered += 1;
        endTileSpan(context, 'dead_lettered', reason);
        failed.ack();
        this.#ledger.finish(delivery, 'settled');
        return;
      }
      failed.nack();
      await sleep(verdict.redeliverAfterMs, undefined, { signal });
      const next = this.#ledger.redeliver(delivery);
      if (next === undefined) return;
      progress.redelivered += 1;
      emit(next);
    } catch (error) {
      if (delivery.abandoned) return;
      endTileSpan(context, 'halted', reason);
      fail(error);
    }
  }
}
