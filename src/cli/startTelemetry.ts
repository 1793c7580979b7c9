import { type Attributes, type DiagLogger, DiagLogLevel, diag, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { messageOf } from '../errors/messageOf.ts';
import { redact } from '../errors/redact.ts';
import { traceFileExporter } from './traceFileExporter.ts';
import { traceSampler } from './traceSampler.ts';

/** Where spans go, and who is told what goes wrong. */
export interface TelemetryOptions {
  /** Variables of OpenTelemetry's specification. Headers, certificates and time limits of OTLP are read from the process's own. */
  readonly env: NodeJS.ProcessEnv;
  /** File to write spans to as OTLP/JSON, a line per export. Default: none. */
  readonly traceFile?: string | undefined;
  /** Further attributes of the resource, like `service.version`. */
  readonly attributes?: Attributes | undefined;
  /** Told warnings of the library and of the SDK, a line each. */
  readonly warn: (message: string) => void;
}

/** The SDK of a running command. */
export interface Telemetry {
  /** Exports what has ended so far. Never rejects. */
  flush(): Promise<void>;
  /** Exports the rest and takes the SDK away. Never rejects, and takes no longer than the limit (default 5000 ms). */
  shutdown(timeoutMs?: number): Promise<void>;
}

/** With more than 30 batches of 512 waiting, flushing fails instead of taking longer. */
const MAX_QUEUE_SPANS = 15_360;

/**
 * Installs the OpenTelemetry SDK where spans have somewhere to go: to `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_ENDPOINT` over OTLP/HTTP with JSON, to a file, or to both. Else only the warnings are wired.
 */
export function startTelemetry({ env, traceFile, attributes, warn }: TelemetryOptions): Telemetry {
  diag.setLogger(warnings(warn), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const exporters = exportersOf(env, traceFile, warn);
  if (exporters.length === 0) return { flush: async () => {}, shutdown: async () => {} };
  const maxQueueSize = Math.min(MAX_QUEUE_SPANS, positive(env['OTEL_BSP_MAX_QUEUE_SIZE']) ?? MAX_QUEUE_SPANS);
  const scheduledDelayMillis = positive(env['OTEL_BSP_SCHEDULE_DELAY']) ?? 1000;
  const provider = new TracerProvider({
    sampler: traceSampler(env, warn),
    resource: resourceOf(env, attributes),
    spanProcessors: exporters.map(
      (exporter) => new BatchSpanProcessor({ exporter, maxQueueSize, scheduledDelayMillis }),
    ),
  });
  trace.setGlobalTracerProvider(provider);
  const complain = (error: unknown): void => {
    for (const one of Array.isArray(error) ? error : [error]) warn(`spans were not exported: ${messageOf(one)}`);
  };
  return {
    flush: () => provider.forceFlush().catch(complain),
    shutdown: async (timeoutMs = 5000) => {
      const limit = within(timeoutMs);
      const done = provider.shutdown().catch(complain);
      if ((await Promise.race([done, limit.passed])) === 'late') complain(new Error(`not within ${timeoutMs} ms`));
      limit.clear();
      trace.disable();
    },
  };
}

function exportersOf(
  env: NodeJS.ProcessEnv,
  file: string | undefined,
  warn: (message: string) => void,
): SpanExporter[] {
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return [];
  const exporters = file === undefined ? [] : [traceFileExporter(file)];
  const url = tracesUrl(env);
  if (url === undefined || env['OTEL_TRACES_EXPORTER'] === 'none') return exporters;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol === 'grpc')
    warn(`OTEL_EXPORTER_OTLP_PROTOCOL is grpc, but spans go over HTTP with JSON to ${redact(url)}`);
  if (URL.canParse(url) && /^https?:/.test(url)) return [...exporters, new OTLPTraceExporter({ url })];
  warn(`the OTLP endpoint must be an http:// or https:// URL`);
  return exporters;
}

/** The endpoint of all signals gets the path of traces; the one of traces alone is taken as it is. */
function tracesUrl(env: NodeJS.ProcessEnv): string | undefined {
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'];
  if (own) return own;
  const shared = env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return shared ? `${shared.replace(/\/$/, '')}/v1/traces` : undefined;
}

/** No facts about host and process: a command line may hold passwords. */
function resourceOf(env: NodeJS.ProcessEnv, attributes: Attributes | undefined): ReturnType<typeof defaultResource> {
  const name = env['OTEL_SERVICE_NAME'];
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'swath', ...attributes }))
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes(name ? { 'service.name': name } : {}));
}

function warnings(warn: (message: string) => void): DiagLogger {
  const tell = (message: string, ...facts: unknown[]): void =>
    warn(redact([message, ...facts.map(messageOf)].join(' ')));
  const ignore = (): void => {};
  return { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore };
}

function positive(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function within(timeoutMs: number): { readonly passed: Promise<'late'>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  return { passed, clear: () => clearTimeout(timer) };
}
