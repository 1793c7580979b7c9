import { type Context, defaultTextMapGetter, ROOT_CONTEXT, type Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { readCustomAttributes } from './readCustomAttributes.ts';

const flushMs = 3000; // SageMaker kills who is not gone 30 s after SIGTERM, and requests may have taken 20 of them

/** Where the model's spans go. */
export interface ModelTracing {
  readonly tracer: Tracer;
  /** The context a request's custom attributes carry, to start the model's span in. */
  parentOf(customAttributes: string | undefined): Context;
  /** Sends what is not sent yet, and ends. */
  close(): Promise<void>;
}

/**
 * Makes a tracer of its own, apart from whatever the process that embeds the model has, with service.name `swath-model`.
 *
 * @param spanProcessors - Default: OTLP over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, else none.
 */
export function modelTracing(
  spanProcessors?: readonly SpanProcessor[],
  env: NodeJS.ProcessEnv = process.env,
): ModelTracing {
  const exported = Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']);
  const own = exported
    ? [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: 500 })]
    : [];
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'swath-model' }),
    spanProcessors: [...(spanProcessors ?? own)],
  });
  const propagator = new W3CTraceContextPropagator();
  return {
    tracer: provider.getTracer('swath-model'),
    parentOf: (header) => propagator.extract(ROOT_CONTEXT, readCustomAttributes(header), defaultTextMapGetter),
    close: async () => {
      await provider.forceFlush({ timeoutMillis: flushMs });
      if (spanProcessors === undefined) await provider.shutdown(); // handed in ones belong to who handed them in
    },
  };
}
