import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { InferenceFailedError } from '../../../src/errors/inferenceFailedError.ts';
import { PollDeadlineError } from '../../../src/errors/pollDeadlineError.ts';
import { RecordInvalidError } from '../../../src/errors/recordInvalidError.ts';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import { TileDeadlineError } from '../../../src/errors/tileDeadlineError.ts';
import { type InferOptions, inferAsync } from '../../../src/operators/inferAsync.ts';
import { jobName } from '../../../src/operators/jobName.ts';
import type { PollSchedule } from '../../../src/operators/pollSchedule.ts';
import {
  envelopeOf,
  type MemoryEndpoint,
  memoryEndpoint,
  type TestDelivery,
  type TestDeliveryFacts,
} from '../../../src/testing.ts';
import type { Tile } from '../../../src/tile/tile.ts';

const every5Ms: PollSchedule = {
  plan: () => ({ firstMs: 1, nextMs: (sinceMs) => sinceMs + 5, looksForFailure: () => true, found: () => undefined }),
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const tile = (id: string, payload: Tile['payload'] = { bytes: bytes(id) }): Tile => ({
  id,
  payload,
  contentType: 'image/png',
});
const refused = (code: ServiceError['code'], serviceCode: string): ServiceError =>
  new ServiceError(code, `${serviceCode} for the test`, { operation: 'test', serviceCode });
/** What a tile was nacked with. */
function reasonOf(settlements: TestDelivery['settlements'] | undefined): RecordInvalidError {
  return settlements?.[0]?.[2] as RecordInvalidError;
}
const retry = { maxAttempts: 3, delayMs: () => 1 };

async function infer(
  endpoint: MemoryEndpoint,
  tiles: Tile[],
  options: Partial<InferOptions> = {},
  facts: TestDeliveryFacts = {},
) {
  const envelopes = tiles.map((each) => envelopeOf(each, facts));
  const stage = inferAsync<Tile>({ endpoint, schedule: every5Ms, retry, ...options });
  const out = await lastValueFrom(from(envelopes).pipe(stage, toArray()));
  return { out, settlements: envelopes.map(({ delivery }) => delivery.settlements) };
}

describe('inferAsync', () => {
  it('sends small payloads inline and brings the answer back, byte for byte', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 8, model: (input) => ({ bytes: input, contentType: 'text/plain' }) });
    const { out, settlements } = await infer(endpoint, [tile('a'), tile('b')]);
    const answers = out.map(({ tile: { id, result } }) => [id, result.text(), result.contentType]);
    expect(answers.sort()).toEqual([
      ['a', 'a', 'text/plain'],
      ['b', 'b', 'text/plain'],
    ]);
    expect(endpoint.store.calls.put).toBe(0);
    expect(settlements).toEqual([[], []]); // the sink settles
  });

  it('uploads a payload that is too large to go inline, under the name of the job', async () => {
    const large = new Uint8Array(2_000).fill(7);
    const endpoint = memoryEndpoint({ maxInlineBytes: 1_000, model: (input) => input });
    const { out } = await infer(endpoint, [tile('large', { bytes: large })]);
    expect(out[0]?.tile.result.bytes).toEqual(large);
    expect(endpoint.store.calls.put).toBe(1);
    expect(endpoint.store.objects.has(endpoint.inputUri(out[0]?.tile.jobName ?? ''))).toBe(true);
  });

  it('leaves a payload where it lies, and refuses one that is missing or not allowed', async () => {
    const endpoint = memoryEndpoint({ model: (input) => input });
    await endpoint.store.put('s3://in/here', bytes('claimed'), { contentType: 'image/png' });
    const uris = ['s3://in/here', 's3://in/gone', 's3://elsewhere/x'];
    const { out, settlements } = await infer(
      endpoint,
      uris.map((uri) => tile(uri, { uri })),
    );
    expect(out.map(({ tile: { result } }) => result.text())).toEqual(['claimed']);
    expect(settlements[1]).toEqual([['nack', 'upload', expect.any(RecordInvalidError)]]);
    expect(reasonOf(settlements[1]).code).toBe('PAYLOAD_MISSING');
    expect(reasonOf(settlements[2]).code).toBe('URI_NOT_ALLOWED');
  });

  it('nacks with the text of the failure object', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 3, model: () => ({ bytes: bytes('not an image'), failed: true }) });
    const { out, settlements } = await infer(endpoint, [tile('a')]);
    expect(out).toEqual([]);
    expect(settlements[0]).toEqual([['nack', 'await', expect.any(InferenceFailedError)]]);
    expect(reasonOf(settlements[0]).message).toContain('not an image');
  });

  it('nacks at the deadline, after a last look', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 60_000 });
    const { settlements } = await infer(endpoint, [tile('slow')], { deadlineMs: 40 });
    expect(settlements[0]).toEqual([['nack', 'await', expect.any(PollDeadlineError)]]);
  });

  it('retries throttled and failing calls, and takes a failing look for "not there yet"', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 2 });
    let invocations = 0;
    let looks = 0;
    endpoint.refusals.push(() =>
      ++invocations <= 2 ? refused('SERVICE_THROTTLED', 'ThrottlingException') : undefined,
    );
    endpoint.store.refusals.push(() => (++looks <= 4 ? refused('SERVICE_UNAVAILABLE', 'InternalError') : undefined));
    const { out, settlements } = await infer(endpoint, [tile('a')]);
    expect(out).toHaveLength(1);
    expect(settlements[0]).toEqual([]);
    expect(invocations).toBe(3);
  });

  it('waits out throttling until the deadline of the tile, which upload and invocation share', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 2, maxInlineBytes: 0 });
    let throttled = 0;
    const until = (count: number) => () =>
      ++throttled <= count ? refused('SERVICE_THROTTLED', 'SlowDown') : undefined;
    endpoint.store.refusals.push(until(20));
    endpoint.refusals.push(until(40));
    const passing = await infer(endpoint, [tile('a')]);
    expect([passing.out.length, passing.settlements[0]]).toEqual([1, []]);
    expect(throttled).toBeGreaterThan(40);

    endpoint.refusals.push(() => refused('SERVICE_THROTTLED', 'ThrottlingException'));
    const { settlements } = await infer(endpoint, [tile('b')], { deadlineMs: 40 });
    expect(settlements[0]).toEqual([['nack', 'invoke', expect.any(TileDeadlineError)]]);
    expect(reasonOf(settlements[0]).cause).toMatchObject({ code: 'SERVICE_THROTTLED' });
  });

  it('fails at once when the endpoint refuses the job for good', async () => {
    const endpoint = memoryEndpoint();
    endpoint.refusals.push(() => refused('NOT_FOUND', 'ValidationException'));
    const { settlements } = await infer(endpoint, [tile('a')]);
    expect(settlements[0]).toEqual([['nack', 'invoke', expect.any(ServiceError)]]);
  });

  it('takes 403 for "not there yet" while it may be a missing key, and names the permission in the end', async () => {
    const endpoint = memoryEndpoint({ serviceMs: 20 });
    let denials = 0;
    endpoint.store.refusals.push(() => (++denials <= 3 ? refused('ACCESS_DENIED', 'AccessDenied') : undefined));
    const passing = await infer(endpoint, [tile('a')]);
    expect(passing.out).toHaveLength(1);
    endpoint.store.refusals.push(() => refused('ACCESS_DENIED', 'AccessDenied'));
    const { settlements } = await infer(endpoint, [tile('b')], { deadlineMs: 30 });
    expect(reasonOf(settlements[0]).cause).toBeInstanceOf(ServiceError);
  });

  it('looks before it invokes when the tile may have been worked on: an outcome is taken, not paid for twice', async () => {
    const endpoint = memoryEndpoint({ model: (input) => input });
    await infer(endpoint, [tile('done')]);
    expect(endpoint.invoked).toBe(1);
    const before = endpoint.store.calls.get;
    const { out } = await infer(endpoint, [tile('done')], {}, { redelivered: true });
    expect(out[0]?.tile.result.text()).toBe('done');
    expect(endpoint.invoked).toBe(1);
    expect(endpoint.store.calls.get - before).toBe(1);
    const fresh = await infer(endpoint, [tile('new')], {}, { redelivered: true });
    expect(fresh.out).toHaveLength(1);
    expect(endpoint.invoked).toBe(2);
  });

  it('does not take the output of an older job of the same name', async () => {
    const endpoint = memoryEndpoint({ model: () => bytes('new') });
    const invoke = endpoint.invoke.bind(endpoint);
    const { outputUri } = endpoint.expected(
      jobName('memory', { stream: 'test', partition: '0', position: '0' }, 'a'),
    ) ?? {
      outputUri: '',
    };
    let stale = true;
    const store = {
      ...endpoint.store,
      get: async (uri: string) => {
        if (uri === outputUri && stale) {
          stale = false;
          return { bytes: bytes('old'), contentType: undefined, modifiedMs: 1_000 };
        }
        const found = await endpoint.store.get(uri);
        return found && { ...found, modifiedMs: 5_000 };
      },
    };
    const guarded = {
      ...endpoint,
      store,
      invoke: async (request: Parameters<typeof invoke>[0]) => ({ ...(await invoke(request)), notBeforeMs: 4_000 }),
    };
    const { out } = await infer(guarded as unknown as MemoryEndpoint, [tile('a')]);
    expect(out[0]?.tile.result.text()).toBe('new');
    expect(stale).toBe(false);
  });

  it('works on no more tiles at once than its concurrency, from upload to result', async () => {
    let running = 0;
    let most = 0;
    const endpoint = memoryEndpoint({ serviceMs: 5 });
    const invoke = endpoint.invoke.bind(endpoint);
    const get = endpoint.store.get.bind(endpoint.store);
    const counted = {
      ...endpoint,
      store: {
        ...endpoint.store,
        get: async (...call: Parameters<typeof get>) => {
          const found = await get(...call);
          if (found !== undefined) running -= 1;
          return found;
        },
      },
      invoke: (request: Parameters<typeof invoke>[0]) => {
        running += 1;
        most = Math.max(most, running);
        return invoke(request);
      },
    };
    const tiles = Array.from({ length: 40 }, (_, i) => tile(String(i)));
    const stage = inferAsync<Tile>({ endpoint: counted, schedule: every5Ms, concurrency: 7 });
    const results = from(tiles.map((each) => envelopeOf(each))).pipe(stage, toArray());
    expect(await lastValueFrom(results)).toHaveLength(40);
    expect(most).toBe(7);
  });
});

describe('jobName', () => {
  it('is the same for the same delivery and differs with endpoint, stream, its id, partition, position and id', () => {
    const origin = { stream: 'tiles', partition: '3', position: '17' };
    const names = [
      jobName('memory', origin, 'a'),
      jobName('memory', origin, 'b'),
      jobName('memory', { ...origin, position: '18' }, 'a'),
      jobName('memory', { ...origin, partition: '4' }, 'a'),
      jobName('memory', { ...origin, stream: 'other' }, 'a'),
      jobName('memory', { ...origin, streamId: 'first' }, 'a'),
      jobName('memory', { ...origin, streamId: 'second' }, 'a'),
      jobName('other', origin, 'a'),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(jobName('memory', { ...origin }, 'a')).toBe(names[0]);
    expect(names[0]).toMatch(/^tiles\/3\/[0-9a-f]{28}$/);
    expect(jobName('memory', { stream: 'a folder/ü', partition: '0', position: '0' }, '\u{1F6F0}')).toMatch(
      /^a-folder--\/0\/[0-9a-f]{28}$/,
    );
  });
});
