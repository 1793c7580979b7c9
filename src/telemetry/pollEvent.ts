import { type Attributes, type Context, trace } from '@opentelemetry/api';

/**
 * Notes one look for an outcome on the waiting stage's span: an event, since hundreds of spans would hide the tile.
 *
 * @param attempt - Counts from 1.
 * @param attributes - Called only when the span is recorded.
 */
export function pollEvent(context: Context, attempt: number, attributes?: () => Attributes): void {
  const span = trace.getSpan(context);
  if (span?.isRecording() === true) span.addEvent('poll', { 'swath.attempt': attempt, ...attributes?.() });
}
