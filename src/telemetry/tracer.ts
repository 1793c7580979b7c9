import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';

let known: { readonly provider: TracerProvider; readonly tracer: Tracer } | undefined;

/** Finds swath's tracer; it is looked up each time by its provider, so that an SDK may be installed later or changed. */
export function tracer(): Tracer {
  const provider = trace.getTracerProvider();
  if (known?.provider !== provider) known = { provider, tracer: provider.getTracer('swath') };
  return known.tracer;
}
