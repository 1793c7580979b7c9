import { type Attributes, type Context, trace } from '@opentelemetry/api';

/**
 * Adds what a stage has learnt to its span, like the object it wrote.
 *
 * @param attributes - Called only when the span is recorded.
 */
export function annotateSpan(context: Context, attributes: () => Attributes): void {
  const span = trace.getSpan(context);
  if (span?.isRecording() === true) span.setAttributes(attributes());
}
