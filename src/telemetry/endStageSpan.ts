import { type Context, trace } from '@opentelemetry/api';
import { recordFailure } from './recordFailure.ts';

/**
 * Ends the span of a stage or of a write.
 *
 * @param error - Why it failed: an error, or a word like `abandoned`; absent where it did not.
 */
export function endStageSpan(context: Context, error?: unknown): void {
  const span = trace.getSpan(context);
  if (span === undefined) return;
  if (error !== undefined && span.isRecording()) recordFailure(span, error);
  span.end();
}
