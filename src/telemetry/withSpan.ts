import { type Context, INVALID_SPAN_CONTEXT, type Span, trace } from '@opentelemetry/api';

/**
 * Puts a span into a context. Without an SDK a span only repeats its parent, and the context stays as it is: copying it for
 * every stage of every tile would be most of what tracing costs there.
 */
export function withSpan(parent: Context, span: Span): Context {
  if (span.isRecording()) return trace.setSpan(parent, span);
  const above = trace.getSpan(parent);
  const repeats =
    above === undefined
      ? span.spanContext() === INVALID_SPAN_CONTEXT
      : !above.isRecording() && above.spanContext() === span.spanContext();
  return repeats ? parent : trace.setSpan(parent, span);
}
