import { type Context, createTraceState, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { TraceCarrier } from '../tile/traceCarrier.ts';
import { parseTraceparent } from './traceparent.ts';

/**
 * Makes the context that a record's trace context describes; the root context where there is none, or none that is valid.
 *
 * Works without an SDK: the trace is handed on to the output all the same.
 */
export function contextFrom(carrier: TraceCarrier | undefined): Context {
  if (carrier?.traceparent === undefined) return ROOT_CONTEXT;
  const span = parseTraceparent(carrier.traceparent);
  if (span === undefined) return ROOT_CONTEXT;
  const { tracestate } = carrier;
  return trace.setSpanContext(
    ROOT_CONTEXT,
    tracestate === undefined ? span : { ...span, traceState: createTraceState(tracestate) },
  );
}
