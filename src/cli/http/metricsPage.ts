import { metrics } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { Page } from './startHttp.ts';

/** Reads when it is asked, and at no other time. */
class PullReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Metrics of this process as a page; disposing of it takes the SDK away. */
export interface MetricsPage extends Disposable {
  /** Prometheus's text format. */
  readonly page: Page;
}

/** Installs the metrics SDK, so that the library's instruments count, and makes the page that Prometheus reads. */
export function metricsPage(serviceName: string): MetricsPage {
  const reader = new PullReader();
  const resource = defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName }));
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader], resource }));
  const serializer = new PrometheusSerializer();
  return {
    page: async () => {
      const { resourceMetrics } = await reader.collect();
      const contentType = 'text/plain; version=0.0.4; charset=utf-8';
      return { status: 200, contentType, body: serializer.serialize(resourceMetrics) };
    },
    [Symbol.dispose]: () => metrics.disable(),
  };
}
