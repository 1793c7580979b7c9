import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ModelServer, startModelServer } from '../../../model/startModelServer.ts';
import { night, toPng } from '../../unit/model/drawings.ts';
import { call } from './call.ts';

const exporter = new InMemorySpanExporter();
let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({
    port: 0,
    config: { detector: 'lights' },
    workers: 2,
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
});
afterAll(() => server.close());
beforeEach(() => exporter.reset());

const invoke = async (attributes: string | undefined, type = 'image/png') =>
  call(`${server.url}/invocations`, {
    type,
    body: await toPng(
      night(40, 30, [
        [5, 5, 90],
        [6, 5, 90],
      ]),
    ),
    ...(attributes !== undefined && { headers: { 'X-Amzn-SageMaker-Custom-Attributes': attributes } }),
  });

describe('the span of the model', () => {
  it('continues the trace that the custom attributes carry', async () => {
    await invoke('traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01,tile=t-1');
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        name: 'infer',
        kind: SpanKind.SERVER,
        parentSpanContext: { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
        resource: { attributes: { 'service.name': 'swath-model' } },
        attributes: {
          'model.name': 'swath-model',
          'model.detector': 'lights',
          'model.detections': 1,
          'image.width': 40,
          'image.height': 30,
          'http.response.status_code': 200,
        },
        events: [{ name: 'read' }, { name: 'decoded' }],
      },
    ]);
  });

  it('has the right parent each, however many run at once', async () => {
    const spanIds = Array.from({ length: 20 }, (_, i) => `b7ad6b71692033${String(10 + i)}`);
    await Promise.all(spanIds.map((id) => invoke(`traceparent=00-0af7651916cd43dd8448eb211c80319c-${id}-01`)));
    const parents = exporter.getFinishedSpans().map(({ parentSpanContext }) => parentSpanContext?.spanId);
    expect(parents.toSorted()).toEqual(spanIds);
  });

  it.each([undefined, 'traceparent=nonsense', 'c000b4f9-df62-4c85-a0bf-7c525f9104a4'])(
    'starts a trace of its own for %s',
    async (attributes) => {
      expect((await invoke(attributes)).status).toBe(200);
      expect(exporter.getFinishedSpans().map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined]);
    },
  );

  it('is not recorded where the trace is not', async () => {
    expect((await invoke('traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00')).status).toBe(200);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('says why a request was refused', async () => {
    await invoke(undefined, 'text/plain');
    expect(exporter.getFinishedSpans()).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR, message: 'Unsupported content type: text/plain' },
        attributes: { 'error.type': 'ModelRequestError', 'http.response.status_code': 400 },
      },
    ]);
  });
});
