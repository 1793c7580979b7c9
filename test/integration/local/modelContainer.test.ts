import { GetObjectCommand } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand, type InvokeEndpointAsyncCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { type ContainerServer, startContainerServer } from './containerServer.ts';
import { localClients } from './localClients.ts';

describe('an asynchronous endpoint with a model container', () => {
  let services: LocalServices;
  let clients: ReturnType<typeof localClients>;
  let container: ContainerServer;

  beforeEach(async () => {
    container = await startContainerServer();
    services = await startLocalServices({
      services: ['s3', 'sagemaker'],
      buckets: ['out-bucket'],
      endpoints: [
        {
          name: 'detector',
          model: container.url,
          outputPath: 's3://out-bucket/results',
          failurePath: 's3://out-bucket/failures',
        },
      ],
    });
    clients = localClients(services);
  });
  afterEach(async () => {
    clients[Symbol.dispose]();
    await services.close();
    await container.close();
  });

  const invoke = (input: Partial<InvokeEndpointAsyncCommandInput> = {}) =>
    clients.runtime.send(
      new InvokeEndpointAsyncCommand({ Body: Buffer.from('a tile'), ...input, EndpointName: 'detector' }),
    );
  const read = async (uri: string | undefined): Promise<string | undefined> => {
    const Key = uri?.replace('s3://out-bucket/', '');
    const object = await clients.s3.send(new GetObjectCommand({ Bucket: 'out-bucket', Key }));
    return object.Body?.transformToString();
  };
  const lines = () => container.seen.map(({ line }) => line);

  it('asks for its health, then posts the payload with the headers of the contract', async () => {
    await invoke({
      ContentType: 'image/png',
      Accept: 'application/json',
      CustomAttributes: 'a=b',
      InferenceId: 'tile-1',
    });
    await services.sagemaker.idle();
    expect(lines()).toEqual(['GET /ping', 'POST /invocations']);
    expect(container.seen[1]).toMatchObject({
      body: 'a tile',
      headers: {
        'content-type': 'image/png',
        'content-length': '6',
        accept: 'application/json',
        'x-amzn-sagemaker-custom-attributes': 'a=b',
        'x-amzn-sagemaker-inference-id': 'tile-1',
      },
    });
  });

  it('asks for its health once, not before each request', async () => {
    for (let i = 0; i < 3; i++) {
      await invoke();
      await services.sagemaker.idle();
    }
    expect(lines()).toEqual(['GET /ping', 'POST /invocations', 'POST /invocations', 'POST /invocations']);
  });

  it('sends no work before the container is healthy', async () => {
    container.health = 503;
    await invoke();
    while (container.seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(new Set(lines())).toEqual(new Set(['GET /ping']));
    expect(services.sagemaker.stats()).toMatchObject({ queued: 1, running: 0 });
    container.health = 200;
    await services.sagemaker.idle();
    expect(lines().at(-1)).toBe('POST /invocations');
  });

  it('treats an answer without Content-Length as a failure', async () => {
    container.answer = (response) => {
      response.write('{"chunked":');
      response.end('true}');
    };
    const { FailureLocation } = await invoke();
    await services.sagemaker.idle();
    expect(await read(FailureLocation)).toContain('answered without Content-Length');
  });

  it('fails the request whose container dies, then waits for a healthy one', async () => {
    container.answer = (response) => {
      container.answer = (next) => next.writeHead(200, { 'content-length': 5 }).end('again');
      response.destroy();
    };
    const dead = await invoke();
    await services.sagemaker.idle();
    expect(await read(dead.FailureLocation)).toContain('Received no valid answer from model');
    const alive = await invoke();
    await services.sagemaker.idle();
    expect(await read(alive.OutputLocation)).toBe('again');
    expect(lines()).toEqual(['GET /ping', 'POST /invocations', 'GET /ping', 'POST /invocations']);
  });
});
