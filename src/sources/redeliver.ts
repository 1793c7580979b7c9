import type { NackPolicy } from './nackPolicy.ts';

/** Options of {@link redeliver}. */
export interface RedeliverOptions<R> {
  /** Wait before delivery `attempt + 1`, in milliseconds. */
  readonly delayMs: (attempt: number) => number;
  /** Deliveries of one record by this process, the first included. */
  readonly maxAttempts: number;
  /** Policy for tiles that failed `maxAttempts` times, or with a reason that is not retryable. */
  readonly otherwise: NackPolicy<R>;
}

/**
 * Delivers a failed tile again, as long as its reason is retryable.
 *
 * @example
 * fromKafka({ …, onNack: redeliver({ delayMs: backoff(), maxAttempts: 5, otherwise: toDeadLetter(writer, toRecord) }) })
 */
export function redeliver<R>({ delayMs, maxAttempts, otherwise }: RedeliverOptions<R>): NackPolicy<R> {
  const policy: NackPolicy<R> = async (failed) => {
    const again = failed.reason.retryable && failed.attempt < maxAttempts;
    return again ? { redeliverAfterMs: delayMs(failed.attempt) } : otherwise(failed);
  };
  return Object.assign(policy, {
    open: async () => otherwise.open?.(),
    close: async () => otherwise.close?.(),
  });
}
