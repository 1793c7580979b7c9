import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CallCounter } from '../../../src/aws/callCounter.ts';
import { s3ObjectStore } from '../../../src/aws/s3ObjectStore.ts';
import { sagemakerEndpoint } from '../../../src/aws/sagemakerEndpoint.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import type { ContainerHandler, ContainerRequest } from '../../../src/local/sagemaker/containerHandler.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { asyncEndpointContract } from '../../support/contracts/asyncEndpointContract.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const options = {
  name: 'detector',
  inputBucket: 'tiles-in',
  outputBucket: 'tiles-out',
  outputPrefix: 'results',
  region: 'us-east-1',
};

const echoOrFail: ContainerHandler = async ({ bytes, contentType }) => {
  const failed = Buffer.from(bytes).toString() === 'fail';
  return { status: failed ? 400 : 200, contentType, bytes: failed ? Buffer.from('cannot do this') : bytes };
};
const start = (model: ContainerHandler, failurePath: string | undefined): Promise<LocalServices> =>
  startLocalServices({
    services: ['s3', 'sagemaker'],
    buckets: ['tiles-in', 'tiles-out'],
    endpoints: [{ name: 'detector', model, outputPath: 's3://tiles-out/results', ...(failurePath && { failurePath }) }],
  });
const open = ({ endpoints }: LocalServices, more: object = {}, parts: object = {}) => {
  const store = s3ObjectStore({ region: 'us-east-1', endpoint: endpoints['AWS_ENDPOINT_URL_S3'], credentials });
  const endpoint = endpoints['AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME'];
  return sagemakerEndpoint({ ...options, ...more }, { endpoint, credentials, store, ...parts });
};

for (const direct of [true, false]) {
  asyncEndpointContract(`sagemakerEndpoint ${direct ? 'past' : 'through'} the SDK`, async () => {
    const services = await start(echoOrFail, 's3://tiles-out/failures');
    return { endpoint: open(services, {}, { direct }), close: () => services.close() };
  });
}

describe('sagemakerEndpoint', () => {
  let services: LocalServices;
  const seen: ContainerRequest[] = [];
  const warnings: string[] = [];
  beforeAll(async () => {
    services = await start(async (request) => {
      seen.push(request);
      return { status: 200, contentType: 'application/json', bytes: Buffer.from('{}') };
    }, undefined);
  });
  beforeEach(() => {
    const silent = (): void => undefined;
    const warn = (message: string): unknown => warnings.push(message);
    diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
  });
  afterEach(() => {
    diag.disable();
    warnings.length = 0;
    seen.length = 0;
  });
  afterAll(() => services.close());
  const request = { name: 'jobs/1', input: { bytes: Buffer.from('x') }, contentType: 'image/png', remainingMs: 60_000 };

  it('finds the place of an output before the first answer', async () => {
    const endpoint = open(services);
    const expected = endpoint.expected('jobs/7');
    expect(expected).toEqual({
      inferenceId: 'jobs/7',
      outputUri: 's3://tiles-out/results/jobs/7',
      failureUri: undefined,
    });
    expect(await endpoint.invoke({ ...request, name: 'jobs/7' })).toMatchObject({ outputUri: expected?.outputUri });
    expect(warnings).toEqual([]);
  });

  it('knows the place of failures before the first answer where it is told', () => {
    const endpoint = open(services, { failurePrefix: 'failures/' });
    expect(endpoint.expected('jobs/7.out')?.failureUri).toBe('s3://tiles-out/failures/jobs/7-error.out');
  });

  it('believes the answer where the configuration says something else, and says so', async () => {
    const endpoint = open(services, { outputPrefix: 'elsewhere/' });
    await endpoint.invoke(request);
    expect(endpoint.expected('jobs/8')?.outputUri).toBe('s3://tiles-out/results/jobs/8');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('endpoint detector leaves outputs at s3://tiles-out/results/');
    await endpoint.invoke(request);
    expect(warnings).toHaveLength(1);
  });

  it('hands type, accept and attributes to the model', async () => {
    const calls = new CallCounter();
    const endpoint = open(services, { accept: 'application/geo+json' }, { calls });
    await endpoint.invoke({ ...request, attributes: { traceparent: '00-a-b-01', tile: 'scene 7' } });
    while (seen.length === 0) await sleep(5);
    expect(seen[0]).toMatchObject({
      contentType: 'image/png',
      accept: 'application/geo+json',
      customAttributes: 'traceparent=00-a-b-01,tile=scene%207',
      inferenceId: 'jobs/1',
    });
    expect(calls.toJSON()).toEqual({ 'sagemaker.InvokeEndpointAsync': 1 });
  });

  it('allows payloads from the input bucket alone, or from those named', () => {
    expect(open(services).allows('s3://tiles-in/1')).toBe(true);
    expect(open(services).allows('s3://tiles-in-other/1')).toBe(false);
    const named = open(services, { allowedBuckets: ['scenes'] });
    expect([named.allows('s3://scenes/1'), named.allows('s3://tiles-in/1')]).toEqual([true, false]);
  });

  it('says that an endpoint does not exist', async () => {
    const failure = open(services, { name: 'nobody' }).invoke(request);
    await expect(failure).rejects.toMatchObject({ code: 'NOT_FOUND', retryable: false });
    await expect(failure).rejects.toThrow('endpoint nobody does not exist');
  });

  it('is throttled', async () => {
    services.sagemaker.faults.set({ invoke: { throttle: 1 } });
    await expect(open(services).invoke(request)).rejects.toMatchObject({ code: 'SERVICE_THROTTLED', retryable: true });
    services.sagemaker.faults.clear();
  });

  it('names the option that breaks a rule', () => {
    expect(() => open(services, { name: 'not a name' })).toThrow(/^endpoint.name: must be 1 to 63 letters/);
    expect(() => open(services, { inputBucket: undefined })).toThrow('endpoint.inputBucket');
  });
});

describe.each(['past', 'through'])('sagemakerEndpoint %s the SDK, in the words of the protocol', (way) => {
  let server: Server;
  let seen: IncomingMessage[];
  let answer: { status: number; headers?: Record<string, string>; body: string };
  let judge: (request: IncomingMessage) => typeof answer | undefined;
  const accepted = {
    status: 202,
    headers: { 'x-amzn-sagemaker-outputlocation': 's3://tiles-out/5f2a.out' },
    body: '{"InferenceId":"i"}',
  };
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request);
      const { status, headers, body } = judge(request) ?? answer;
      request.resume().on('end', () => response.writeHead(status, headers).end(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    seen = [];
    answer = accepted;
    judge = () => undefined;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const opened = sagemakerEndpoint(options, { endpoint: url, credentials, direct: way === 'past' });
    const asked = answer;
    answer = { ...accepted, headers: { 'x-amzn-sagemaker-outputlocation': 's3://tiles-out/results/shown' } };
    await opened.invoke({ ...request, name: 'shown' });
    answer = asked;
    seen = [];
    return opened;
  };
  const request = { name: 'jobs/1', input: { uri: 's3://tiles-in/1' }, contentType: 'image/png', remainingMs: 60_000 };
  const error = (status: number, type: string, message: string): typeof answer => ({
    status,
    headers: { 'x-amzn-errortype': type, 'content-type': 'application/json' },
    body: JSON.stringify({ message, Message: message }),
  });

  it.each([
    [10, '60', '1'],
    [61_500, '62', '62'],
    [3_700_000, '3700', '3600'],
    [90_000_000, '21600', '3600'],
  ])('derives both limits from the %d ms that are left', async (remainingMs, ttl, timeout) => {
    await (await endpoint()).invoke({ ...request, remainingMs });
    const headers = seen[0]?.headers;
    expect(headers?.['x-amzn-sagemaker-requestttlseconds']).toBe(ttl);
    expect(headers?.['x-amzn-sagemaker-invocationtimeoutseconds']).toBe(timeout);
    expect(headers?.['x-amzn-sagemaker-inputlocation']).toBe('s3://tiles-in/1');
    expect(headers?.['user-agent'] === 'swath').toBe(way === 'past');
  });

  it('takes the place from the answer where the endpoint chose its own name, and expects none then', async () => {
    const chooses = await endpoint();
    const invocation = await chooses.invoke(request);
    expect(invocation).toMatchObject({ inferenceId: 'i', outputUri: 's3://tiles-out/5f2a.out', failureUri: undefined });
    expect(chooses.expected('jobs/2')).toBeUndefined();
  });

  it('takes the time of acceptance from the answer', async () => {
    answer = { ...answer, headers: { ...answer.headers, date: 'Thu, 01 Jan 2026 00:00:10 GMT' } };
    expect((await (await endpoint()).invoke(request)).notBeforeMs).toBe(Date.UTC(2026, 0, 1, 0, 0, 8));
  });

  it('refuses an answer without a place', async () => {
    answer = { status: 202, body: '{"InferenceId":"i"}' };
    await expect((await endpoint()).invoke(request)).rejects.toThrow('answered without OutputLocation');
  });

  it.each([
    ['ThrottlingException', 400, 'SERVICE_THROTTLED', true],
    ['SlowDown', 503, 'SERVICE_THROTTLED', true],
    ['ServiceUnavailable', 503, 'SERVICE_UNAVAILABLE', true],
    ['InternalFailure', 500, 'SERVICE_UNAVAILABLE', true],
    ['ValidationException', 400, 'SERVICE_REFUSED', false],
  ])('%s', async (type, status, code, retryable) => {
    answer = error(status, type, 'said so');
    await expect((await endpoint()).invoke(request)).rejects.toMatchObject({
      code,
      retryable,
      serviceCode: type,
      httpStatus: status,
    });
  });

  it.each([
    ['InvalidSignatureException', 'Signature expired'],
    ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large'],
  ])('%s because the clock is off: sets it by the answer, and starts the job once', async (type, message) => {
    const opened = await endpoint();
    const aheadMs = 3_600_000;
    const date = new Date(Date.now() + aheadMs).toUTCString();
    judge = ({ headers }) => {
      const signed = String(headers['x-amz-date']).replace(/(....)(..)(..)T(..)(..)(..)Z/, '$1-$2-$3T$4:$5:$6Z');
      if (Math.abs(Date.parse(signed) - Date.now() - aheadMs) < 300_000) return undefined;
      const refused = error(403, type, message);
      return { ...refused, headers: { ...refused.headers, date } };
    };
    answer = { ...answer, headers: { ...answer.headers, date } };
    const before = seen.length;
    await opened.invoke(request);
    const asked = seen.length - before;
    expect(asked).toBe(way === 'past' ? 3 : 2); // past the SDK, through it, and through it with the right time
    await opened.invoke({ ...request, name: 'jobs/2' });
    expect(seen.length - before).toBe(asked + 1);
  });

  it('names the permission that is missing', async () => {
    answer = error(403, 'AccessDeniedException', 'User: x is not authorized');
    const failure = (await endpoint()).invoke(request);
    await expect(failure).rejects.toMatchObject({ code: 'ACCESS_DENIED', retryable: false });
    await expect(failure).rejects.toThrow('sagemaker:InvokeEndpointAsync on endpoint/detector is missing');
  });
});
