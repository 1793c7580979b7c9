import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { backgroundOf } from './backgroundOf.ts';
import { decodeImage } from './decodeImage.ts';
import type { DetectAnswer, DetectJob } from './detectWorker.ts';
import type { ModelConfig } from './modelConfig.ts';
import type { ModelLimits } from './modelLimits.ts';
import { ModelRequestError } from './modelRequestError.ts';
import type { ModelTracing } from './modelTracing.ts';
import { readBody } from './readBody.ts';
import { readInvocation } from './readInvocation.ts';
import { sendJson } from './sendJson.ts';
import type { WorkerPool } from './workerPool.ts';

/** What an invocation works with. */
export interface InferenceParts {
  readonly config: ModelConfig;
  readonly limits: ModelLimits;
  readonly pool: WorkerPool;
  readonly tracing: ModelTracing;
  readonly readImage: (bucket: string, key: string) => Promise<Uint8Array>;
  readonly log: (event: Record<string, unknown>) => void;
}

/** Makes the handler of `POST /invocations`: reads, decodes, detects, answers, in one span `infer`. It never throws. */
export function inferenceHandler(
  parts: InferenceParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { config, tracing, log } = parts;
  return async (request, response) => {
    const header = request.headers['x-amzn-sagemaker-custom-attributes'];
    const parent = tracing.parentOf(typeof header === 'string' ? header : undefined);
    const attributes = { 'model.name': 'swath-model', 'model.detector': config.detector };
    const span = tracing.tracer.startSpan('infer', { kind: SpanKind.SERVER, attributes }, parent);
    try {
      sendJson(response, 200, await infer(parts, request, response, span));
    } catch (error) {
      const { status, body } = failure(error);
      span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
      span.setStatus({ code: SpanStatusCode.ERROR, message: body.error });
      log({ event: status === 500 ? 'failed' : 'refused', status, error: body.error });
      sendJson(response, status, JSON.stringify(body), status === 413 ? { connection: 'close' } : {});
    } finally {
      span.setAttribute('http.response.status_code', response.statusCode);
      span.end();
    }
  };
}

async function infer(
  { config, limits, pool, readImage }: InferenceParts,
  request: IncomingMessage,
  response: ServerResponse,
  span: Span,
): Promise<string> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new Error('the client hung up')));
  const body = await readBody(request, limits.maxBodyBytes);
  const { image, metadata } = readInvocation(body, request.headers['content-type']);
  span.addEvent('read', { 'image.bytes': body.length });
  const { detections, json } = await pool.run<DetectAnswer>(async () => {
    const bytes = image instanceof Uint8Array ? image : await readImage(image.bucket, image.key);
    const decoded = await decodeImage(bytes, { limits, background: backgroundOf(config) });
    span.setAttributes({ 'image.width': decoded.width, 'image.height': decoded.height });
    span.addEvent('decoded');
    return { image: decoded, config, metadata } satisfies DetectJob;
  }, gone.signal);
  span.setAttribute('model.detections', detections);
  return json;
}

/** A refusal is answered with its message alone; what went wrong in the model also with its traceback. */
function failure(error: unknown): { status: number; body: { error: string; traceback?: string } } {
  if (error instanceof ModelRequestError) return { status: error.status, body: { error: error.message } };
  const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
  return { status: 500, body: { error: message, traceback: stack } };
}
