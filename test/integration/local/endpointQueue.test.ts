import { GetObjectCommand } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand, type InvokeEndpointAsyncCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { constantModel } from '../../../src/local/sagemaker/constantModel.ts';
import type { LocalEndpoint } from '../../../src/local/sagemaker/localEndpoint.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { type GatedModel, gatedModel } from './gatedModel.ts';
import { localClients, receive } from './localClients.ts';

/** Length of a second of the service's limits in these tests: a request's shortest time in the queue is 60 of them. */
const SECOND_MS = 2;

describe('the queue of an asynchronous endpoint', () => {
  let services: LocalServices;
  let clients: ReturnType<typeof localClients>;
  let model: GatedModel;

  beforeEach(async () => {
    model = gatedModel();
    services = await startLocalServices({
      services: ['s3', 'sagemaker'],
      buckets: ['out-bucket'],
      topics: { done: ['done-queue'], failed: ['failed-queue', 'all-queue'] },
      secondMs: SECOND_MS,
    });
    clients = localClients(services);
  });
  afterEach(async () => {
    clients[Symbol.dispose]();
    await services.close();
  });

  const add = (endpoint: Partial<LocalEndpoint> = {}) =>
    services.sagemaker.addEndpoint({
      name: 'detector',
      model: model.handle,
      outputPath: 's3://out-bucket/results',
      failurePath: 's3://out-bucket/failures',
      successTopicArn: services.topicArn('done'),
      errorTopicArn: services.topicArn('failed'),
      ...endpoint,
    });
  const invoke = (body: string, input: Partial<InvokeEndpointAsyncCommandInput> = {}) =>
    clients.runtime.send(
      new InvokeEndpointAsyncCommand({
        ...input,
        EndpointName: 'detector',
        Body: Buffer.from(body),
        InferenceId: body,
      }),
    );
  const failureText = async (uri: string | undefined): Promise<string | undefined> => {
    const Key = uri?.replace('s3://out-bucket/', '');
    const object = await clients.s3.send(new GetObjectCommand({ Bucket: 'out-bucket', Key }));
    return object.Body?.transformToString();
  };
  const stats = () => services.sagemaker.stats('detector');

  it('serves first come, first served', async () => {
    add({ concurrencyPerInstance: 1 });
    for (const id of ['a', 'b', 'c', 'd']) await invoke(id);
    for (let served = 1; served <= 4; served++) {
      await model.arrived(served);
      model.answer();
    }
    await services.sagemaker.idle();
    expect(model.seen).toEqual(['a', 'b', 'c', 'd']);
  });

  it('runs as many at once as instances times concurrency, and no more', async () => {
    add({ instances: 2, concurrencyPerInstance: 3 });
    for (const id of 'abcdefghij') await invoke(id);
    await model.arrived(6);
    expect(stats()).toMatchObject({ running: 6, queued: 4, containerCalls: 6 });
    model.answer();
    await model.arrived(7);
    expect(stats()).toMatchObject({ running: 6, maxRunning: 6 });
    services.sagemaker.scale('detector', 3);
    await model.arrived(10);
    for (let i = 0; i < 10; i++) model.answer();
    await services.sagemaker.idle();
    expect(stats()).toMatchObject({ accepted: 10, completed: 10, running: 0, queued: 0, maxRunning: 9 });
  });

  it('keeps everything waiting while no instance runs', async () => {
    add({ instances: 0 });
    await invoke('a');
    await invoke('b');
    expect(stats()).toMatchObject({ queued: 2, running: 0 });
    services.sagemaker.scale('detector', 1);
    await model.arrived(2);
    expect(model.seen).toEqual(['a', 'b']);
  });

  it('expires what waited longer than RequestTTLSeconds, with a failure object and a notification', async () => {
    add({ instances: 0 });
    const { FailureLocation } = await invoke('late', { RequestTTLSeconds: 60 });
    await invoke('patient', { RequestTTLSeconds: 21_600 });
    const [message] = await receive(services.queueUrl('failed-queue'));
    expect(notificationOf(message)).toMatchObject({
      invocationStatus: 'Failed',
      failureReason: 'ClientError: Request expired: it was not processed within 60 seconds',
      inferenceId: 'late',
    });
    expect(await failureText(FailureLocation)).toBe('Request expired: it was not processed within 60 seconds');
    expect(stats()).toMatchObject({ expired: 1, failed: 1, queued: 1, containerCalls: 0 });
  });

  it('gives up a request that runs longer than InvocationTimeoutSeconds, and goes on with the next', async () => {
    add({ concurrencyPerInstance: 1 });
    const { FailureLocation, OutputLocation } = await invoke('slow', { InvocationTimeoutSeconds: 10 });
    await invoke('next');
    await model.arrived(2);
    expect(await failureText(FailureLocation)).toBe('Model did not respond within 10 seconds');
    model.answer(); // the answer of the first comes too late
    await expect(failureText(OutputLocation)).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(stats()).toMatchObject({ timedOut: 1, failed: 1, running: 1 });
  });

  it('announces a result to the success topic', async () => {
    add();
    const { OutputLocation } = await invoke('a', { ContentType: 'image/png', Accept: 'text/plain' });
    await model.arrived(1);
    model.answer();
    const [message] = await receive(services.queueUrl('done-queue'));
    expect(notificationOf(message)).toEqual({
      awsRegion: 'us-east-1',
      eventTime: expect.stringMatching(/^\d{4}-.*Z$/),
      receivedTime: expect.stringMatching(/^\d{4}-.*Z$/),
      invocationStatus: 'Completed',
      requestParameters: { accept: 'text/plain', contentType: 'image/png', endpointName: 'detector' },
      responseParameters: { contentType: 'text/plain', outputLocation: OutputLocation },
      inferenceId: 'a',
      eventVersion: '1.0',
      eventSource: 'aws:sagemaker',
      eventName: 'InferenceResult',
    });
  });

  it('announces a failure to every queue of the error topic', async () => {
    add();
    const { FailureLocation } = await invoke('a');
    await model.arrived(1);
    model.answer({ status: 500, bytes: Buffer.from('out of memory') });
    for (const queue of ['failed-queue', 'all-queue']) {
      const [message] = await receive(services.queueUrl(queue));
      expect(notificationOf(message)).toMatchObject({
        invocationStatus: 'Failed',
        failureReason: expect.stringContaining('Received server error (500) from model'),
        responseParameters: { failureLocation: FailureLocation },
      });
    }
  });

  it('finishes a thousand concurrent jobs once each', async () => {
    add({ model: constantModel({ serviceMs: 50 }), instances: 4, concurrencyPerInstance: 250 });
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => invoke(`job-${i}`, { Filename: `job-${i}` })));
    await services.sagemaker.idle();
    const { byInferenceId, byOutputLocation, ...counts } = stats();
    expect(counts).toMatchObject({ accepted: 1_000, completed: 1_000, containerCalls: 1_000, failed: 0 });
    expect([byInferenceId.size, byOutputLocation.size]).toEqual([1_000, 1_000]);
    expect(counts.maxRunning).toBeLessThanOrEqual(1_000);
  });

  it('gives up what waits and runs when an endpoint is removed', async () => {
    add({ concurrencyPerInstance: 1 });
    await invoke('running');
    await invoke('waiting');
    await model.arrived(1);
    services.sagemaker.removeEndpoint('detector');
    await expect(invoke('gone')).rejects.toThrow('Endpoint detector of account 000000000000 not found.');
    await services.sagemaker.idle();
    expect(model.seen).toEqual(['running']);
  });

  it('refuses an endpoint that cannot be, and a name that is none', () => {
    expect(() => add({ outputPath: 'results' })).toThrow('endpoints.detector.outputPath: must be s3://bucket/prefix');
    expect(() => services.sagemaker.stats('nobody')).toThrow(
      'endpoint: must be the name of a local endpoint, got "nobody"',
    );
  });
});

/** Unwraps the notification from SNS's envelope. */
function notificationOf(message: { readonly Body: string } | undefined): unknown {
  const envelope = JSON.parse(message?.Body ?? '{}') as { Type: string; Message: string };
  expect(envelope.Type).toBe('Notification');
  return JSON.parse(envelope.Message);
}
