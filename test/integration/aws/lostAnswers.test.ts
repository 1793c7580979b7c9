import { from, lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallCounter } from '../../../src/aws/callCounter.ts';
import { s3ObjectStore } from '../../../src/aws/s3ObjectStore.ts';
import { sagemakerEndpoint } from '../../../src/aws/sagemakerEndpoint.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { echoModel } from '../../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { backoffSchedule } from '../../../src/operators/backoffSchedule.ts';
import { inferAsync } from '../../../src/operators/inferAsync.ts';
import { envelopeOf } from '../../../src/testing.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faultProxy.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const count = 10;

let services: LocalServices;
let proxy: FaultProxy;
beforeAll(async () => {
  services = await startLocalServices({
    services: ['s3', 'sagemaker'],
    buckets: ['in', 'out'],
    endpoints: [
      { name: 'quick', model: echoModel(), outputPath: 's3://out/quick', concurrencyPerInstance: 100 },
      { name: 'slow', model: echoModel({ serviceMs: 500 }), outputPath: 's3://out/slow', concurrencyPerInstance: 100 },
    ],
  });
  proxy = await startFaultProxy({ target: services.endpoints.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME ?? '' });
});
afterAll(async () => {
  await proxy.close();
  await services.close();
});

describe.each([true, false])('invocations whose answers are lost (past the SDK: %s)', (direct) => {
  const infer = async (stream: string, name: string, waitMs: number) => {
    const calls = new CallCounter();
    const parts = { credentials, calls };
    const s3 = { ...parts, region: 'us-east-1', endpoint: services.endpoints.AWS_ENDPOINT_URL_S3 };
    const options = { name, inputBucket: 'in', outputBucket: 'out', outputPrefix: name, region: 'us-east-1' };
    const store = s3ObjectStore(s3);
    const endpoint = sagemakerEndpoint(options, { ...parts, endpoint: proxy.url, store, direct });
    const envelopes = Array.from({ length: count }, (_, i) => {
      const tile: Tile = { id: `${direct} ${i}`, payload: { bytes: Buffer.from(`${i}`) }, contentType: 'text/plain' };
      return envelopeOf(tile, { origin: { stream, partition: String(direct), position: String(i) } });
    });
    const before = services.sagemaker.stats(name).accepted;
    const retry = { maxAttempts: 3, delayMs: () => waitMs };
    const stage = inferAsync<Tile>({ endpoint, retry, schedule: backoffSchedule({ intervalMs: 50 }) });
    const out = await lastValueFrom(from(envelopes).pipe(stage, toArray()));
    store.close();
    const answers = out.map(({ tile }) => tile.result.text()).sort();
    return { answers, calls, accepted: services.sagemaker.stats(name).accepted - before };
  };
  const all = Array.from({ length: count }, (_, i) => `${i}`);

  it('are not sent again by anybody when the outcome is there', async () => {
    proxy.inject({ kind: 'dropAnswer', times: count });
    const { answers, calls, accepted } = await infer('there', 'quick', 1_000);
    expect(answers).toEqual(all);
    expect(accepted).toBe(count);
    expect(calls.count('sagemaker.InvokeEndpointAsync')).toBe(count);
    expect(calls.count('s3.GetObject')).toBe(count);
  });

  it('are sent once more when their job takes longer than the wait for the next attempt', async () => {
    proxy.inject({ kind: 'dropAnswer', times: count });
    const { answers, accepted } = await infer('running', 'slow', 20);
    expect(answers).toEqual(all);
    expect(accepted).toBe(2 * count);
  });

  it('are sent once more when they never arrived', async () => {
    proxy.inject({ kind: 'reset', times: count });
    const { answers, accepted } = await infer('never', 'slow', 20);
    expect(answers).toEqual(all);
    expect(accepted).toBe(count);
  });
});
