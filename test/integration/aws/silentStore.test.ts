import { from, lastValueFrom, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/aws/awsOptions.ts';
import { s3ObjectStore } from '../../../src/aws/s3ObjectStore.ts';
import { sagemakerEndpoint } from '../../../src/aws/sagemakerEndpoint.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { echoModel } from '../../../src/local/sagemaker/echoModel.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { backoffSchedule } from '../../../src/operators/backoffSchedule.ts';
import { inferAsync } from '../../../src/operators/inferAsync.ts';
import { envelopeOf } from '../../../src/testing.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { type FaultProxy, type ProxiedRequest, startFaultProxy } from '../../support/faultProxy.ts';

const common = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
const large = Buffer.alloc(60_000, 'tile ');

let services: LocalServices;
let proxy: FaultProxy;
beforeAll(async () => {
  services = await startLocalServices({
    services: ['s3', 'sagemaker'],
    buckets: ['tiles', 'in', 'out'],
    endpoints: [{ name: 'quick', model: echoModel(), outputPath: 's3://out/quick', concurrencyPerInstance: 100 }],
  });
  proxy = await startFaultProxy({ target: services.endpoints.AWS_ENDPOINT_URL_S3 ?? '' });
});
afterEach(() => proxy.clear());
afterAll(async () => {
  await proxy.close();
  await services.close();
});

const reads = ({ method, path }: ProxiedRequest): boolean => method === 'GET' && path.includes('large');

describe.each([true, false])('a store (past the SDK: %s)', (direct) => {
  const open = async (timeoutMs: number | undefined = 400) => {
    const attempts: Attempt['outcome'][] = [];
    const onAttempt = ({ outcome }: Attempt): void => void attempts.push(outcome);
    const store = s3ObjectStore({ ...common, endpoint: proxy.url, direct, timeoutMs, onAttempt });
    await store.put('s3://tiles/first', large, { contentType: 'x/y' }); // shows the way
    await store.put('s3://tiles/large', large, { contentType: 'x/y' });
    attempts.length = 0;
    return { store, attempts };
  };

  it('that never answers is asked again over another connection', async () => {
    const { store } = await open();
    const { struck } = proxy.counts;
    proxy.inject({ kind: 'hang', when: reads, times: 1 });
    expect((await store.get('s3://tiles/large'))?.bytes.length).toBe(large.length);
    expect(proxy.counts.struck - struck).toBe(1);
    proxy.inject({ kind: 'hang', when: reads });
    const silent = { code: 'SERVICE_UNAVAILABLE', retryable: true };
    await expect(store.get('s3://tiles/large')).rejects.toMatchObject(silent);
    expect(proxy.counts.struck - struck).toBe(3); // twice a call, as any failure that passes
    store.close();
  });

  it.each(['stall', 'cut'] as const)('whose answer ends in the middle (%s) gives no short result', async (kind) => {
    const { store, attempts } = await open();
    proxy.inject({ kind, when: reads, times: 1 });
    const first = await store.get('s3://tiles/large').catch((error: unknown) => error);
    // Past the SDK, the body is part of the attempt; through it, the caller looks again.
    if (direct) expect(attempts).toEqual(['failed', 'answered']);
    else expect(first).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
    const read = direct ? first : await store.get('s3://tiles/large');
    expect(Buffer.compare((read as { bytes: Buffer }).bytes, large)).toBe(0);
    store.close();
  });

  it('whose answer flows slowly is not cut off, though it takes longer than it may be silent', async () => {
    const { store, attempts } = await open(2_000);
    proxy.inject({ kind: 'trickle', when: reads, delayMs: 300 }); // three seconds in all
    const started = performance.now();
    const read = await store.get('s3://tiles/large');
    expect(performance.now() - started).toBeGreaterThan(2_500); // a lower bound: it was slow
    expect(Buffer.compare(Buffer.from(read?.bytes ?? []), large)).toBe(0);
    expect(attempts).toEqual(['answered']);
    store.close();
  });

  it('may be silent for ten seconds unless told otherwise', async () => {
    const { store } = await open(10_000);
    const usual = s3ObjectStore({ ...common, endpoint: proxy.url, direct });
    await usual.get('s3://tiles/first');
    proxy.inject({ kind: 'hang', when: reads, times: 2 });
    const started = performance.now();
    const both = await Promise.all([store.get('s3://tiles/large'), usual.get('s3://tiles/large')]);
    expect(both.map((object) => object?.bytes.length)).toEqual([large.length, large.length]);
    expect(performance.now() - started).toBeGreaterThan(9_000); // a lower bound; that it ends is the other
    store.close();
    usual.close();
  }, 30_000);

  it.each(['hang', 'stall', 'cut'] as const)(
    'that fails looks for results (%s) has them looked for again',
    async (kind) => {
      const { store } = await open();
      const options = {
        name: 'quick',
        inputBucket: 'in',
        outputBucket: 'out',
        outputPrefix: 'quick',
        region: 'us-east-1',
      };
      const runtime = services.endpoints.AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME;
      const endpoint = sagemakerEndpoint(options, { ...common, endpoint: runtime, store });
      const isLook = ({ method, path }: ProxiedRequest): boolean => method === 'GET' && path.startsWith('/out/quick');
      const { struck } = proxy.counts;
      proxy.inject({ kind, when: isLook, times: 4 });
      const tile: Tile = { id: `${kind} ${direct}`, payload: { bytes: large }, contentType: 'text/plain' };
      const stage = inferAsync<Tile>({ endpoint, schedule: backoffSchedule({ intervalMs: 50 }) });
      const [out] = await lastValueFrom(from([envelopeOf(tile)]).pipe(stage, toArray()));
      expect(Buffer.compare(Buffer.from(out?.tile.result.text() ?? ''), large)).toBe(0);
      expect(proxy.counts.struck - struck).toBe(4);
      store.close();
    },
  );
});
