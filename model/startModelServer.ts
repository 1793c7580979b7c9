import { createServer, type Server } from 'node:http';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { inferenceHandler } from './inferenceHandler.ts';
import { loadModelConfig } from './loadModelConfig.ts';
import { loadSharp } from './loadSharp.ts';
import type { ModelConfigInput } from './modelConfig.ts';
import { defaultLimits, type ModelLimits } from './modelLimits.ts';
import { modelRoutes } from './modelRoutes.ts';
import { modelTracing } from './modelTracing.ts';
import { parseModelConfig } from './parseModelConfig.ts';
import { s3Images } from './s3Images.ts';
import { WorkerPool } from './workerPool.ts';

/** Options of {@link startModelServer}. */
export interface ModelServerOptions {
  /** Default SAGEMAKER_BIND_TO_PORT, else 8080; 0 takes a free one. */
  readonly port?: number;
  /** Address to listen on, default 127.0.0.1. */
  readonly host?: string;
  /** Folder that holds `config.json`; default SM_MODEL_DIR, else `/opt/ml/model`. */
  readonly modelDir?: string;
  /** In place of a `config.json`. */
  readonly config?: ModelConfigInput;
  /** Inferences at a time, each on its own thread; default the cores, at most 4. */
  readonly workers?: number;
  readonly limits?: Partial<ModelLimits>;
  /** Buckets that requests may name; default SWATH_MODEL_BUCKETS (commas between), else every bucket the credentials may read. */
  readonly buckets?: readonly string[];
  /** Default: made on first use from the SDK's own settings. */
  readonly s3?: S3Client;
  /** Where the model's spans go; default OTLP over HTTP where OTEL_EXPORTER_OTLP_ENDPOINT is set, else nowhere. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** How long running requests may take to finish when the server closes, in ms; default 20,000. */
  readonly drainMs?: number;
  /** Told of refused and failed requests; default nobody. */
  readonly log?: (event: Record<string, unknown>) => void;
  /** Module that the workers run; default the detectors. */
  readonly workerScript?: URL;
}

/** A model that listens. */
export interface ModelServer {
  /** Like `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more connections, lets running requests finish (for `drainMs`), sends what spans are left, ends the workers. */
  close(): Promise<void>;
}

/**
 * Starts the model behind SageMaker's container contract: `GET /ping` and `POST /invocations`.
 *
 * Inference runs on worker threads, so that a ping is answered meanwhile; a worker that dies fails its one request.
 *
 * @throws ModelConfigError when the model's folder or its `config.json` cannot be used.
 */
export async function startModelServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const { host = '127.0.0.1', log = () => {}, drainMs = 20_000 } = options;
  const env = process.env;
  const config =
    options.config === undefined ? loadModelConfig(options.modelDir) : parseModelConfig(options.config, 'config');
  const limits = { ...defaultLimits, ...options.limits };
  const buckets = options.buckets ?? (env['SWATH_MODEL_BUCKETS'] || undefined)?.split(',').map((name) => name.trim());
  const pool = new WorkerPool({
    script: options.workerScript ?? new URL(`./detectWorker${extname(import.meta.url)}`, import.meta.url),
    size: options.workers ?? Math.min(4, availableParallelism()),
    maxWaiting: limits.maxWaiting,
    timeoutMs: limits.inferTimeoutMs,
  });
  const tracing = modelTracing(options.spanProcessors);
  const readImage = s3Images({
    maxBytes: limits.maxBodyBytes,
    ...(buckets && { buckets }),
    ...(options.s3 && { s3: options.s3 }),
  });
  const server = createServer(modelRoutes(inferenceHandler({ config, limits, pool, tracing, readImage, log })));
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  try {
    await Promise.all([pool.warmUp(), loadSharp()]);
    await listen(server, host, options.port ?? Number(env['SAGEMAKER_BIND_TO_PORT'] || 8080));
  } catch (error) {
    await pool.close();
    throw error;
  }
  return {
    url: urlOf(server, host),
    close: async () => {
      const late = setTimeout(() => void pool.close(), drainMs);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(late);
      await pool.close();
      await tracing.close().catch((error: unknown) => log({ event: 'spans lost', error: String(error) }));
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
