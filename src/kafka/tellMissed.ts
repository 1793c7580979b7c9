import { diag } from '@opentelemetry/api';
import { instruments } from '../telemetry/metrics.ts';

/** Reports records that the log deleted before they were read: retention was faster than the work. */
export function tellMissed(topic: string, partition: string, from: number, next: number): void {
  diag.warn(
    `${topic}/${partition}: the records from ${from} to ${next - 1} were deleted before they were read; going on at ${next}`,
  );
  instruments().recordsMissed(topic, next - from);
}
