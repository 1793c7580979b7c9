import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Context, diag, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTelemetry, type TelemetryOptions } from '../../../src/cli/startTelemetry.ts';
import { contextFrom } from '../../../src/telemetry/contextFrom.ts';
import { endStageSpan } from '../../../src/telemetry/endStageSpan.ts';
import { startStageSpan } from '../../../src/telemetry/startStageSpan.ts';

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
    };
    readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string; readonly traceId: string }[] }[];
  }[];
}

const spansOf = (exported: readonly Exported[]) =>
  exported.flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  );
const resourceOf = (exported: Exported | undefined) =>
  Object.fromEntries(
    exported?.resourceSpans[0]?.resource.attributes.map(({ key, value }) => [key, value.stringValue]) ?? [],
  );
const work = (name: string, parent: Context = ROOT_CONTEXT) => endStageSpan(startStageSpan(name, parent));

let folder = '';
let traceFile = '';
let warned: string[] = [];
const start = (env: NodeJS.ProcessEnv, more: Partial<TelemetryOptions> = {}) =>
  startTelemetry({ env, warn: (message) => warned.push(message), ...more });
const lines = () =>
  readFileSync(traceFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Exported);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'swath-traces-'));
  traceFile = path.join(folder, 'traces.jsonl');
  warned = [];
});
afterEach(() => {
  trace.disable();
  diag.disable();
  rmSync(folder, { recursive: true });
});

describe('spans in a file', () => {
  it('are OTLP/JSON, a line per export', async () => {
    const telemetry = start({}, { traceFile, attributes: { 'service.version': '1.2.3' } });
    work('one');
    await telemetry.flush();
    work('two');
    await telemetry.shutdown();
    expect(lines()).toHaveLength(2);
    expect(spansOf(lines()).map(({ name }) => name)).toEqual(['one', 'two']);
    expect(resourceOf(lines()[0])).toMatchObject({ 'service.name': 'swath', 'service.version': '1.2.3' });
    expect(warned).toEqual([]);
  });

  it('are all there, though many more end at once than a batch holds', async () => {
    const telemetry = start({}, { traceFile });
    for (let i = 0; i < 5000; i++) work(`span-${i}`);
    await telemetry.shutdown();
    expect(new Set(spansOf(lines()).map(({ name }) => name)).size).toBe(5000);
  });

  it('do not stop anybody where the file cannot be written', async () => {
    const telemetry = start({}, { traceFile: path.join(folder, 'no', 'such', 'folder') });
    work('one');
    await telemetry.flush();
    await telemetry.shutdown();
    expect(warned.join('\n')).toContain('ENOENT');
  });
});

describe('spans over OTLP', () => {
  let server: Server;
  let received: Exported[] = [];
  let paths: (string | undefined)[] = [];
  let answer = true;

  beforeEach(async () => {
    received = [];
    paths = [];
    answer = true;
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        paths.push(request.url);
        received.push(JSON.parse(Buffer.concat(chunks).toString()) as Exported);
        if (answer) response.setHeader('content-type', 'application/json').end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  it('go to the endpoint of all signals or to the one of traces, under the service name', async () => {
    const first = start({ OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint()}/`, OTEL_SERVICE_NAME: 'tiles-eu' });
    work('one');
    await first.shutdown();
    const second = start({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint()}/x`,
    });
    work('two');
    await second.shutdown();
    expect(paths).toEqual(['/v1/traces', '/x']);
    expect(spansOf(received).map(({ name }) => name)).toEqual(['one', 'two']);
    expect(received.map((one) => resourceOf(one)['service.name'])).toEqual(['tiles-eu', 'swath']);
    expect(warned).toEqual([]);
  });

  it('are given up after the limit when nobody answers', async () => {
    answer = false;
    const telemetry = start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() });
    work('one');
    await telemetry.shutdown(50);
    expect(warned.at(-1)).toBe('spans were not exported: not within 50 ms');
  });

  it.each([
    [{ OTEL_SDK_DISABLED: 'true' }, 0],
    [{ OTEL_TRACES_EXPORTER: 'none' }, 0],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 0],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, 0],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, 2],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 1],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, 1],
    [{}, 2],
  ])('are sampled as the environment says: %o', async (env, expected) => {
    const telemetry = start({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), ...env });
    work('root');
    work('child', contextFrom({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }));
    work('sampled out before', contextFrom({ traceparent: `00-${'f'.repeat(32)}-${'b'.repeat(16)}-00` }));
    await telemetry.shutdown();
    const names = spansOf(received).map(({ name }) => name);
    expect(names.filter((name) => name === 'root' || name === 'child')).toHaveLength(expected);
  });
});

describe('settings that cannot be read', () => {
  it.each([
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER must be one of always_on, '],
    [
      { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
      'OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; got 2',
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'me:pw@host:4318' }, 'the OTLP endpoint must be an http:// or https:// URL'],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'is grpc, but spans go over HTTP',
    ],
  ])('are told, and traces go on: %o', async (env, message) => {
    const telemetry = start(env, { traceFile });
    work('one');
    await telemetry.shutdown(200);
    expect(warned[0]).toContain(message);
    await vi.waitFor(() => expect(spansOf(lines()).map(({ name }) => name)).toEqual(['one']), { timeout: 5000 });
  });
});

it('installs nothing but the warnings where spans have nowhere to go', async () => {
  const telemetry = start({});
  const span = trace.getTracer('test').startSpan('one');
  diag.warn('the broker is gone: kafka://me:hunter2@host');
  diag.info('nobody asked');
  await telemetry.flush();
  await telemetry.shutdown();
  expect(span.isRecording()).toBe(false);
  expect(warned).toEqual(['the broker is gone: kafka://(hidden)@host']);
});
