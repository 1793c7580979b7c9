import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import {
  InternalFailure,
  InvokeEndpointAsyncCommand,
  type InvokeEndpointAsyncCommandInput,
  ServiceUnavailable,
  ValidationError,
} from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { httpCall } from '../../../src/local/httpCall.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import type { ContainerRequest } from '../../../src/local/sagemaker/containerHandler.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { localClients } from './localClients.ts';

type Input = Omit<InvokeEndpointAsyncCommandInput, 'EndpointName'> & { EndpointName?: string };

describe('InvokeEndpointAsync', () => {
  let services: LocalServices;
  let clients: ReturnType<typeof localClients>;
  let seen: ContainerRequest[] = [];
  let answer = { status: 200, contentType: 'application/json', bytes: Buffer.from('{"rooms":1}') };

  beforeAll(async () => {
    const model = async (request: ContainerRequest) => {
      seen.push(request);
      return answer;
    };
    services = await startLocalServices({
      services: ['s3', 'sagemaker'],
      buckets: ['in-bucket', 'out-bucket'],
      endpoints: [
        { name: 'detector', model, outputPath: 's3://out-bucket/results', failurePath: 's3://out-bucket/failures' },
        { name: 'no-failures', model, outputPath: 's3://out-bucket/results' },
        { name: 'no-bucket', model, outputPath: 's3://nowhere', failurePath: 's3://out-bucket/failures' },
      ],
    });
    clients = localClients(services);
  });
  beforeEach(() => {
    seen = [];
    answer = { status: 200, contentType: 'application/json', bytes: Buffer.from('{"rooms":1}') };
    services.sagemaker.faults.clear();
  });
  afterAll(async () => {
    clients[Symbol.dispose]();
    await services.close();
  });

  const invoke = (input: Input) =>
    clients.runtime.send(new InvokeEndpointAsyncCommand({ EndpointName: 'detector', ...input }));
  const read = async (uri: string | undefined) => {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(uri ?? '') ?? [];
    const object = await clients.s3.send(new GetObjectCommand({ Bucket, Key }));
    return { text: await object.Body?.transformToString(), type: object.ContentType };
  };
  const Body = Buffer.from('a tile');

  it('answers 202 with the locations, and gives an inline body to the container as it was sent', async () => {
    const answered = await invoke({
      Body,
      ContentType: 'image/png',
      Accept: 'application/json',
      CustomAttributes: 'traceparent=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      InferenceId: 'tile-1',
      S3OutputPathExtension: '2026/09',
      Filename: 'tile-1.json',
    });
    expect(answered).toMatchObject({
      InferenceId: 'tile-1',
      OutputLocation: 's3://out-bucket/results/2026/09/tile-1.json',
      FailureLocation: 's3://out-bucket/failures/2026/09/tile-1-error.json',
      $metadata: { httpStatusCode: 202, requestId: expect.any(String) },
    });
    await services.sagemaker.idle();
    expect(seen).toMatchObject([
      {
        contentType: 'image/png',
        accept: 'application/json',
        customAttributes: 'traceparent=00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        inferenceId: 'tile-1',
      },
    ]);
    expect(Buffer.from(seen[0]?.bytes ?? []).toString()).toBe('a tile');
    expect(await read(answered.OutputLocation)).toEqual({ text: '{"rooms":1}', type: 'application/json' });
  });

  it('reads its input from S3, with the content type it was stored with unless the request names one', async () => {
    const stored = { Bucket: 'in-bucket', Key: 'a tile+1.png', Body, ContentType: 'image/png' };
    await clients.s3.send(new PutObjectCommand(stored));
    const InputLocation = 's3://in-bucket/a tile+1.png';
    await invoke({ InputLocation });
    await services.sagemaker.idle();
    await invoke({ InputLocation, ContentType: 'image/jpeg' });
    await services.sagemaker.idle();
    expect(seen.map(({ bytes, contentType }) => [Buffer.from(bytes).toString(), contentType])).toEqual([
      ['a tile', 'image/png'],
      ['a tile', 'image/jpeg'],
    ]);
  });

  it('makes up an inference id and an unpredictable output name where none is given', async () => {
    const [one, two] = await Promise.all([invoke({ Body }), invoke({ Body })]);
    expect(one.InferenceId).toMatch(/^[0-9a-f-]{36}$/);
    expect(one.OutputLocation).toMatch(/^s3:\/\/out-bucket\/results\/[0-9a-f-]{36}\.out$/);
    expect(one.OutputLocation).not.toContain(one.InferenceId);
    expect(one.OutputLocation).not.toBe(two.OutputLocation);
  });

  it('overwrites the result of an earlier request with the same name, and counts both', async () => {
    const named = { Body, S3OutputPathExtension: 'again', Filename: 'tile' };
    await invoke(named);
    await services.sagemaker.idle();
    answer = { ...answer, bytes: Buffer.from('second') };
    const { OutputLocation } = await invoke(named);
    await services.sagemaker.idle();
    expect((await read(OutputLocation)).text).toBe('second');
    const listed = await clients.s3.send(new ListObjectsV2Command({ Bucket: 'out-bucket', Prefix: 'results/again/' }));
    expect(listed.KeyCount).toBe(1);
    expect(services.sagemaker.stats().byOutputLocation.get(OutputLocation ?? '')).toBe(2);
  });

  it.each([400, 500])("leaves the container's answer %i as the failure object, as it came", async (status) => {
    answer = { status, contentType: 'text/html', bytes: Buffer.from('<h1>no rooms</h1>') };
    const { FailureLocation, OutputLocation } = await invoke({ Body });
    await services.sagemaker.idle();
    expect(await read(FailureLocation)).toEqual({ text: '<h1>no rooms</h1>', type: 'text/html' });
    await expect(read(OutputLocation)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('leaves a failure object when the input is not there', async () => {
    const { FailureLocation } = await invoke({ InputLocation: 's3://in-bucket/missing' });
    await services.sagemaker.idle();
    expect((await read(FailureLocation)).text).toContain('Unable to read the input');
    expect(seen).toEqual([]);
  });

  it('leaves a failure object when the output cannot be written', async () => {
    const { FailureLocation } = await invoke({ EndpointName: 'no-bucket', Body });
    await services.sagemaker.idle();
    expect((await read(FailureLocation)).text).toBe('Unable to write the output');
    expect(services.sagemaker.stats('no-bucket')).toMatchObject({
      completed: 0,
      failed: 1,
      lastProblem: expect.stringContaining('S3 answered 404 to writing s3://nowhere/'),
    });
  });

  it('names no failure location where the endpoint has no failure path', async () => {
    const answered = await invoke({ EndpointName: 'no-failures', Body });
    expect(answered.OutputLocation).toBeDefined();
    expect(answered.FailureLocation).toBeUndefined();
  });

  it('refuses an unknown endpoint', async () => {
    const error = await invoke({ EndpointName: 'nobody', Body }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({
      message: 'Endpoint nobody of account 000000000000 not found.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it.each<[string, Input, RegExp]>([
    ['neither body nor location', {}, /Provide exactly one/],
    ['both body and location', { Body, InputLocation: 's3://in-bucket/a' }, /Provide exactly one/],
    ['a body above 128,000 bytes', { Body: Buffer.alloc(128_001) }, /'body' .* less than or equal to 128000/],
    [
      'a short RequestTTLSeconds',
      { Body, RequestTTLSeconds: 59 },
      /'requestTTLSeconds' .* greater than or equal to 60/,
    ],
    ['a long InvocationTimeoutSeconds', { Body, InvocationTimeoutSeconds: 3601 }, /less than or equal to 3600/],
    ['long CustomAttributes', { Body, CustomAttributes: 'x'.repeat(1025) }, /less than or equal to 1024/],
    ['CustomAttributes that are not visible ASCII', { Body, CustomAttributes: 'é' }, /'customAttributes' .* pattern/],
    ['a long Filename', { Body, Filename: 'x'.repeat(33) }, /'filename' .* less than or equal to 32/],
    ['a location that is not in S3', { InputLocation: 'http://in-bucket/a' }, /'inputLocation' .* pattern/],
  ])('refuses %s', async (_what, input, message) => {
    const before = services.sagemaker.stats();
    const error = await invoke(input).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), $metadata: { httpStatusCode: 400 } });
    const after = services.sagemaker.stats();
    expect([after.accepted, after.refused]).toEqual([before.accepted, before.refused + 1]);
  });

  it('takes a body of exactly 128,000 bytes', async () => {
    await invoke({ Body: Buffer.alloc(128_000) });
    await services.sagemaker.idle();
    expect(seen[0]?.bytes.byteLength).toBe(128_000);
  });

  it('refuses what is not signed, and what is not an operation', async () => {
    const { url } = services.sagemaker;
    const unsigned = await httpCall(`${url}/endpoints/detector/async-invocations`, { method: 'POST', body: 'x' });
    expect([unsigned.status, unsigned.headers['x-amzn-errortype']]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
    const unknown = await httpCall(`${url}/endpoints/detector/invocations`, { method: 'POST', body: 'x' });
    expect([unknown.status, unknown.headers['x-amzn-errortype']]).toEqual([404, 'UnknownOperationException']);
  });

  it.each([400, 429] as const)('throttles with status %i when told to', async (throttleStatus) => {
    services.sagemaker.faults.set({ invoke: { throttle: 1, throttleStatus } }, 'detector');
    await expect(invoke({ Body })).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: throttleStatus },
    });
    await expect(invoke({ EndpointName: 'no-failures', Body })).resolves.toBeDefined();
    services.sagemaker.faults.clear('detector');
    await expect(invoke({ Body })).resolves.toBeDefined();
  });

  it('fails as the service does when told to', async () => {
    services.sagemaker.faults.set({ invoke: { internalFailure: 1 } });
    const internal = await invoke({ Body }).catch((caught: unknown) => caught);
    expect(internal).toBeInstanceOf(InternalFailure);
    expect(internal).toMatchObject({ $metadata: { httpStatusCode: 500 } });
    services.sagemaker.faults.set({ invoke: { serviceUnavailable: 1 } });
    const unavailable = await invoke({ Body }).catch((caught: unknown) => caught);
    expect(unavailable).toBeInstanceOf(ServiceUnavailable);
    expect(unavailable).toMatchObject({ $metadata: { httpStatusCode: 503 } });
  });

  it('resets connections when told to, before the job or after it was accepted', async () => {
    const accepted = () => services.sagemaker.stats().accepted;
    const before = accepted();
    services.sagemaker.faults.set({ invoke: { reset: 1 } });
    await expect(invoke({ Body })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(accepted()).toBe(before);
    services.sagemaker.faults.set({ invoke: { resetAfterAccept: 1 } });
    await expect(invoke({ Body })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(accepted()).toBe(before + 1);
  });

  it('fails between endpoint and container when told to', async () => {
    for (const [fault, text] of [
      ['clientError', 'injected client error'],
      ['serverError', 'injected server error'],
      ['reset', 'Received no valid answer from model: connection reset by the container'],
    ] as const) {
      services.sagemaker.faults.set({ container: { [fault]: 1 } });
      const { FailureLocation } = await invoke({ Body });
      await services.sagemaker.idle();
      expect((await read(FailureLocation)).text).toBe(text);
    }
    expect(seen).toEqual([]);
  });

  it('is watched and disturbed from another process over HTTP', async () => {
    const { url } = services.sagemaker;
    const { OutputLocation } = await invoke({ Body, InferenceId: 'watched' });
    const stats = await httpCall(`${url}/local/stats?endpoint=detector`);
    expect(JSON.parse(stats.bytes.toString())).toMatchObject({
      byInferenceId: { watched: 1 },
      byOutputLocation: { [OutputLocation ?? '']: 1 },
    });
    const faults = { method: 'PUT', body: JSON.stringify({ invoke: { throttle: 1 } }) };
    expect((await httpCall(`${url}/local/faults`, faults)).status).toBe(200);
    await expect(invoke({ Body })).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect((await httpCall(`${url}/local/stats?endpoint=nobody`)).status).toBe(400);
    expect((await httpCall(`${url}/local/faults`, { method: 'PUT', body: 'no JSON' })).status).toBe(400);
  });
});
