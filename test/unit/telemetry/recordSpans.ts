import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

/** A real SDK that keeps its spans in memory. */
export interface SpanRecorder extends Disposable {
  spans(): readonly ReadableSpan[];
  named(name: string): readonly ReadableSpan[];
}

/** Installs a tracer provider for as long as the recorder lives. */
export function recordSpans(): SpanRecorder {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  return {
    spans: () => exporter.getFinishedSpans(),
    named: (name) => exporter.getFinishedSpans().filter((span) => span.name === name),
    [Symbol.dispose]: () => trace.disable(),
  };
}
