import { type Context, trace } from '@opentelemetry/api';
import { recordFailure } from './recordFailure.ts';

/** How a delivery ended: acknowledged; refused for good; refused so that the stream stops; or given up by its source. */
export type TileOutcome = 'acked' | 'dead_lettered' | 'halted' | 'abandoned';

/**
 * Ends the span of a delivery with its outcome. What failed is told as status, `error.type` and an exception event.
 *
 * @param reason - What the delivery was refused with.
 */
export function endTileSpan(context: Context, outcome: TileOutcome, reason?: unknown): void {
  const span = trace.getSpan(context);
  if (span?.isRecording() !== true) return; // ended before, as one that halted its source and is then abandoned
  span.setAttribute('swath.outcome', outcome);
  if (reason !== undefined) recordFailure(span, reason);
  span.end();
}
