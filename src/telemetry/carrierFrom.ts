import { type Context, isSpanContextValid, trace } from '@opentelemetry/api';
import type { TraceCarrier } from '../tile/traceCarrier.ts';
import { formatTraceparent } from './traceparent.ts';

/** Writes a context as records and requests carry it; `undefined` where it has no trace. */
export function carrierFrom(context: Context): TraceCarrier | undefined {
  const span = trace.getSpanContext(context);
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  const traceparent = formatTraceparent(span);
  const tracestate = span.traceState?.serialize();
  return tracestate === undefined || tracestate === '' ? { traceparent } : { traceparent, tracestate };
}
