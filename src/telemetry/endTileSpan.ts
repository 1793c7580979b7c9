import { type Context, trace } from '@opentelemetry/api';
import { recordFailure } from './recordFailure.ts';

/**
 * How a delivery ended: acknowledged; refused for good; to be delivered again; refused so that the stream stops; given up
 * by its source; or already finished before.
 */
export type TileOutcome = 'acked' | 'dead_lettered' | 'redelivered' | 'halted' | 'abandoned' | 'skipped';

/**
 * Ends the span of a delivery with its outcome. What failed is told as status, `error.type` and an exception event.
 *
 * @param reason - What the delivery was refused with.
 */
export function endTileSpan(context: Context, outcome: TileOutcome, reason?: unknown): void {
  const span = trace.getSpan(context);
  if (span === undefined) return;
  if (span.isRecording()) {
    span.setAttribute('swath.outcome', outcome);
    if (reason !== undefined) recordFailure(span, reason);
  }
  span.end();
}
