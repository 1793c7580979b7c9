import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CallCounter } from '../../../src/aws/callCounter.ts';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { decodeLeaseMap } from '../../../src/aws/leaseMap.ts';
import { RecordInvalidError } from '../../../src/errors/recordInvalidError.ts';
import { backoffSchedule } from '../../../src/operators/backoffSchedule.ts';
import { inferAsync } from '../../../src/operators/inferAsync.ts';
import { mapTile } from '../../../src/operators/mapTile.ts';
import { decodeDeadLetter } from '../../../src/records/decodeDeadLetter.ts';
import { kinesisDeadLetter } from '../../../src/sinks/kinesisDeadLetter.ts';
import { toKinesis } from '../../../src/sinks/toKinesis.ts';
import { fromKinesis } from '../../../src/sources/fromKinesis.ts';
import { memoryEndpoint } from '../../../src/testing/memoryEndpoint.ts';
import { decodeOffsetMap } from '../../../src/tile/offsetMap.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
beforeAll(async () => {
  bench = await openKinesisBench();
});
afterAll(() => bench.close());

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const descriptor = (id: string): string => JSON.stringify({ id, data_base64: png, contentType: 'image/png' });
const setUp = async (shards = 2) => {
  const names = { input: `in-${randomUUID()}`, output: `out-${randomUUID()}`, dead: `dead-${randomUUID()}` };
  for (const stream of Object.values(names)) await bench.createStream(stream, stream === names.input ? shards : 1);
  const calls = new CallCounter();
  const parts = { ...localAws, endpoint: bench.kinesis, calls };
  const store = () => dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table: names.input, calls });
  const stop = new AbortController();
  const source = (options: object = {}) =>
    fromKinesis({
      stream: names.input,
      leaseTable: names.input,
      region: 'us-east-1',
      failoverMs: 1000,
      readIntervalMs: 200,
      drain: stop.signal,
      onNack: kinesisDeadLetter({ stream: names.dead, region: 'us-east-1', aws: parts, pipeline: 'detect' }),
      aws: { ...parts, store: store() },
      ...options,
    });
  const sink = { stream: names.output, region: 'us-east-1', aws: parts, pipeline: 'detect' };
  return { ...names, stop, source, sink, calls, store };
};
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

it('takes tiles from stream to stream, each once, with the endpoint’s answer byte for byte', async () => {
  const { input, output, stop, source, sink } = await setUp();
  const [first = '', second = ''] = await bench.shards(input);
  const ids = Array.from({ length: 60 }, (_, i) => `tile ${i}`);
  await bench.append(input, first, ids.slice(0, 30).map(descriptor));
  await bench.append(input, second, ids.slice(30).map(descriptor));
  const endpoint = memoryEndpoint({ serviceMs: 20, model: () => Buffer.from('{"features": [1.50]}') });
  let done = 0;
  const acked = tap(() => {
    done += 1;
    if (done === 60) stop.abort();
  });
  await lastValueFrom(source().pipe(inferAsync({ endpoint }), toKinesis(sink), acked));
  const written = await bench.contents(output);
  expect(written.map(({ key }) => key).toSorted()).toEqual(ids.toSorted());
  expect(written[0]?.text).toContain('"data":{"features": [1.50]}');
  const event = json(written.find(({ key }) => key === 'tile 0')?.text ?? '');
  expect(event).toMatchObject({
    specversion: '1.0',
    id: 'tile 0',
    type: 'swath.tile.result',
    source: '/swath/detect',
    datacontenttype: 'application/json',
  });
  expect(event['subject']).toMatch(new RegExp(`^${input}/${first}/\\d+$`));
});

it('pays once at each of two endpoints when a process is gone while its jobs run', async () => {
  const { input, output, stop, source, sink, store } = await setUp();
  const ids = Array.from({ length: 40 }, (_, i) => `tile ${i}`);
  for (const [i, shard] of (await bench.shards(input)).entries())
    await bench.append(input, shard, ids.slice(20 * i, 20 * i + 20).map(descriptor));
  const model = (bytes: Uint8Array): Uint8Array => bytes;
  const detect = memoryEndpoint({ name: 'detect', serviceMs: 10, model });
  const classify = memoryEndpoint({ name: 'classify', serviceMs: 5_000, model });
  const schedule = backoffSchedule({ intervalMs: 100 });
  const run = () =>
    source({ drain: new AbortController().signal, aws: { ...localAws, endpoint: bench.kinesis, store: store() } }).pipe(
      inferAsync({ endpoint: detect, schedule }),
      inferAsync({ endpoint: classify, schedule }),
      toKinesis(sink),
    );
  const leases = store();
  const told = async (): Promise<number> => {
    const maps = (await leases.list()).map((lease) => decodeOffsetMap(decodeLeaseMap(lease)?.map ?? ''));
    return maps.flatMap((map) => map?.jobs ?? []).filter((job) => job === 1).length;
  };
  const first = run().subscribe();
  await expect.poll(told, { timeout: 20_000, interval: 20 }).toBe(40);
  first.unsubscribe(); // nothing more is committed; its leases run out
  expect(await bench.contents(output)).toEqual([]);
  const looked = detect.store.calls.get;

  const second = run().subscribe();
  await expect.poll(async () => (await bench.contents(output)).length, { timeout: 20_000 }).toBe(40);
  second.unsubscribe();
  leases.close();
  stop.abort();
  expect([detect.invoked, classify.invoked]).toEqual([40, 40]);
  expect(detect.store.calls.get).toBe(looked + 40);
});

it('sends what fails to the dead letter, whole, and goes on', async () => {
  const { input, output, dead, stop, source, sink } = await setUp(1);
  const [shard = ''] = await bench.shards(input);
  await bench.append(input, shard, ['{"id":"broken","nonsense":1}', descriptor('refused'), descriptor('fine')]);
  const judge = mapTile('judge', async ({ id }: Tile) => {
    if (id === 'refused') throw new RecordInvalidError('RECORD_INVALID', 'value.id', 'must not be refused', id);
    return { judged: true };
  });
  const results = lastValueFrom(source().pipe(judge, toKinesis({ ...sink, value: ({ judged }) => ({ judged }) })));
  while ((await bench.contents(dead)).length < 2 || (await bench.contents(output)).length < 1) await sleep(20);
  stop.abort();
  await results;
  const letters = (await bench.contents(dead)).map(({ key, text }) => ({
    key,
    event: json(text),
    letter: decodeDeadLetter({ key: Buffer.from(key), value: Buffer.from(text), headers: [], timestampMs: 0 }),
  }));
  const { event, letter } = letters.find(({ event: { swathdeadstage } }) => swathdeadstage === 'judge') ?? {};
  expect(event).toMatchObject({ type: 'swath.tile.dead', source: '/swath/detect', swathdeadcode: 'RECORD_INVALID' });
  expect(Buffer.from(letter?.original.value ?? []).toString()).toBe(descriptor('refused'));
  expect(letters.map(({ letter: { stage } }) => stage).toSorted()).toEqual(['decode', 'judge']);
  expect((await bench.contents(output)).map(({ key }) => key)).toEqual(['fine']);
});

it('takes a refused record as large as a stream takes to the dead letter, whole, and goes on', async () => {
  const { input, output, dead, stop, source, sink } = await setUp(1);
  const [shard = ''] = await bench.shards(input);
  const large = JSON.stringify({ id: 'large', colour: 'x'.repeat(1_000_000) });
  await bench.append(input, shard, [large, descriptor('fine')]);
  const last = tap(() => stop.abort());
  await lastValueFrom(source().pipe(toKinesis({ ...sink, value: ({ id }) => id }), last, toArray()));
  expect((await bench.contents(output)).map(({ key }) => key)).toEqual(['fine']);
  const parts = (await bench.contents(dead))
    .map(({ text }) => decodeDeadLetter({ key: null, value: Buffer.from(text), headers: [], timestampMs: 0 }))
    .toSorted((a, b) => (a.part?.number ?? 0) - (b.part?.number ?? 0));
  expect(parts.map(({ code, part }) => ({ code, part }))).toEqual([
    { code: 'RECORD_INVALID', part: { number: 1, count: 2 } },
    { code: 'RECORD_INVALID', part: { number: 2, count: 2 } },
  ]);
  const bytes = Buffer.concat(parts.map(({ original }) => original.value ?? Buffer.alloc(0)));
  expect(bytes.equals(Buffer.from(large))).toBe(true);
});

it('repeats nothing after a drain', async () => {
  const { input, output, stop, source, sink } = await setUp(1);
  const [shard = ''] = await bench.shards(input);
  await bench.append(
    input,
    shard,
    Array.from({ length: 200 }, (_, i) => descriptor(`tile ${i}`)),
  );
  const slow = mapTile('slow', async (_: Tile) => sleep(Math.random() * 20, {}), { concurrency: 10 });
  const run = (signal: AbortSignal) =>
    source({ drain: signal, maxInFlight: 50 }).pipe(slow, toKinesis({ ...sink, value: ({ id }) => id }));
  let seen = 0;
  const half = tap(() => {
    seen += 1;
    if (seen === 60) stop.abort();
  });
  const first = await lastValueFrom(run(stop.signal).pipe(half, toArray()));
  const rest = new AbortController();
  const last = tap(() => {
    seen += 1;
    if (seen === 200) rest.abort();
  });
  const second = await lastValueFrom(run(rest.signal).pipe(last, toArray()));
  expect(first.length + second.length).toBe(200);
  const ids = (await bench.contents(output)).map(({ key }) => key);
  expect(ids).toHaveLength(200);
  expect(new Set(ids).size).toBe(200);
});

it('after an abrupt end repeats only what was unfinished or not yet committed', async () => {
  const { input, source, store } = await setUp(1);
  const [shard = ''] = await bench.shards(input);
  const count = 100;
  await bench.append(
    input,
    shard,
    Array.from({ length: count }, (_, i) => descriptor(`tile ${i}`)),
  );
  const stuck = new Set(Array.from({ length: 20 }, (_, i) => `tile ${i * 4 + 7}`));
  const leases = store();
  let seen = 0;
  const crashing = source().subscribe((envelope) => {
    seen += 1;
    if (!stuck.has(envelope.tile.id)) envelope.ack();
  });
  const finishedAbove = async (): Promise<number> => {
    const [lease] = await leases.list().catch(() => []);
    const map = lease && decodeLeaseMap(lease);
    return decodeOffsetMap(map?.map ?? '')?.finished.length ?? 0;
  };
  while (seen < count || (await finishedAbove()) < count - 7 - stuck.size) await sleep(30);
  crashing.unsubscribe();
  const again: string[] = [];
  const end = new AbortController();
  await lastValueFrom(
    source({ drain: end.signal }).pipe(
      tap((envelope) => {
        again.push(envelope.tile.id);
        expect(envelope.delivery.redelivered).toBe(true);
        envelope.ack();
        if (again.length === stuck.size) end.abort();
      }),
    ),
  );
  expect(again.toSorted()).toEqual([...stuck].toSorted());
  leases.close();
});
