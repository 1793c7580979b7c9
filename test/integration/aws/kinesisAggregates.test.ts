import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutRecordCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { lastValueFrom, tap, toArray } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { encodeAggregate } from '../../../src/aws/encodeAggregate.ts';
import { hashKeyOf } from '../../../src/aws/hashKeyOf.ts';
import { kinesisReader } from '../../../src/aws/kinesisReader.ts';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { decodeLeaseMap } from '../../../src/aws/leaseMap.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import type { Lease, LeaseStore } from '../../../src/ports/leaseStore.ts';
import type { RecordReader } from '../../../src/ports/recordReader.ts';
import { fromKinesis } from '../../../src/sources/fromKinesis.ts';
import { decodeOffsetMap } from '../../../src/tile/offsetMap.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { foreignAggregates } from '../../support/aggregates.ts';
import { followReader } from '../../support/contracts/followReader.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
let stream: string;
let store: LeaseStore;
const warnings: string[] = [];
const opened: RecordReader<StreamRecord>[] = [];
beforeAll(async () => {
  bench = await openKinesisBench();
});
beforeEach(() => {
  stream = `tiles-${randomUUID()}`;
  store = leases();
  const silent = (): void => undefined;
  const warn = (message: string): unknown => warnings.push(message);
  diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(async () => {
  for (const reader of opened.splice(0)) await reader.close();
  store.close();
  diag.disable();
  warnings.length = 0;
});
afterAll(() => bench.close());

const leases = (): LeaseStore => dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table: stream });
const text = ({ key, value }: StreamRecord): string =>
  `${Buffer.from(key ?? []).toString()}=${Buffer.from(value ?? []).toString()}`;
const settings = (options: object = {}) => ({
  stream,
  leaseTable: stream,
  region: 'us-east-1',
  failoverMs: 600,
  readIntervalMs: 200,
  ...options,
});
const open = (options: object = {}) => {
  const reader = kinesisReader(settings(options), { ...localAws, endpoint: bench.kinesis, store: leases() });
  opened.push(reader);
  return { reader, seen: followReader(reader, text) };
};
const put = async (data: Uint8Array, hashKey: string | undefined = undefined, key = 'outer'): Promise<string> => {
  const command = new PutRecordCommand({
    StreamName: stream,
    PartitionKey: key,
    Data: data,
    ...(hashKey !== undefined && { ExplicitHashKey: hashKey }),
  });
  return (await bench.client.send(command)).SequenceNumber ?? '';
};
const aggregate = (texts: readonly string[]): Uint8Array =>
  encodeAggregate(texts.map((each) => ({ partitionKey: 'k', explicitHashKey: undefined, data: Buffer.from(each) })));
const tiles = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `tile ${from + i}`);
const lease = async (): Promise<Lease | undefined> => (await store.list().catch(() => []))[0];

it('reads aggregates of other programs among plain records, and damaged ones whole', async () => {
  await bench.createStream(stream, 1);
  const places: string[] = [];
  const expected: string[] = [];
  for (const { data, records } of foreignAggregates) {
    const sequence = await put(data);
    records.forEach(({ partitionKey, data: bytes }, i) => {
      places.push(i === 0 ? sequence : `${sequence}.${i}`);
      expected.push(text({ key: Buffer.from(partitionKey), value: bytes, headers: [], timestampMs: 0 }));
    });
    const damaged = Buffer.from(data).fill(0, data.length - 16);
    places.push(await put(damaged));
    expected.push(text({ key: Buffer.from('outer'), value: damaged, headers: [], timestampMs: 0 }));
  }
  const { seen } = open();
  await seen.until(() => seen.records.length >= expected.length);
  expect(seen.records.map((record) => record.text)).toEqual(expected);
  expect(seen.records.map(({ position }) => position)).toEqual(places);
  expect(seen.records.map(({ slot }) => slot)).toEqual(places.map((_, i) => i));
  const found = await readWholeStream(stream, { ...localAws, endpoint: bench.kinesis });
  expect(found.map(({ position }) => position)).toEqual(places);
});

it('hands over no more records at once than one read may bring', async () => {
  await bench.createStream(stream, 1);
  await put(aggregate(tiles(1, 10)));
  const { seen } = open({ maxRecordsPerRead: 4 });
  await seen.until(() => seen.records.length >= 10);
  expect(seen.log.filter((what) => what.startsWith('batch'))).toHaveLength(3);
  expect(seen.records.map((record) => record.text)).toEqual(tiles(1, 10).map((tile) => `k=${tile}`));
});

it('goes on in the middle of an aggregate, where another program had come to', async () => {
  await bench.createStream(stream, 1);
  const [shard = ''] = await bench.shards(stream);
  await put(aggregate(tiles(1, 3)));
  const sequence = await put(aggregate(tiles(4, 9)));
  await store.prepare();
  await store.create({ key: shard, checkpoint: 'TRIM_HORIZON', parents: [], hashRange: undefined, stream: undefined });
  const theirs = await store.take((await lease()) as Lease, 'another');
  const moved = await store.checkpoint(theirs as Lease, { checkpoint: sequence, subSequence: 2, map: '' });
  await store.release(moved as Lease);
  const { seen } = open();
  await seen.until(() => seen.records.length >= 3);
  expect(seen.records.map((record) => record.text)).toEqual(tiles(7, 9).map((tile) => `k=${tile}`));
  expect(seen.assigned[0]?.progress).toEqual({ nextSlot: 0, map: '' });
});

it('after a crash in the middle of an aggregate repeats only its unfinished records', async () => {
  await bench.createStream(stream, 1);
  const ids = tiles(1, 30);
  const asTile = (id: string): string => JSON.stringify({ id, data_base64: 'iVBORw0KGgo=' });
  const sequence = await put(aggregate(ids.slice(0, 20).map(asTile)));
  await put(aggregate(ids.slice(20).map(asTile)));
  const source = (drain: AbortSignal) =>
    fromKinesis({ ...settings(), drain, aws: { ...localAws, endpoint: bench.kinesis, store: leases() } });
  const unfinished = ['tile 6', 'tile 9', 'tile 20', 'tile 21', 'tile 30'];
  let first = 0;
  const crashing = source(new AbortController().signal).subscribe((envelope) => {
    first += 1;
    if (!unfinished.includes(envelope.tile.id)) envelope.ack();
  });
  const finishedAbove = async (): Promise<number> => {
    const held = await lease();
    return decodeOffsetMap((held && decodeLeaseMap(held)?.map) ?? '')?.finished.length ?? 0;
  };
  while (first < ids.length || (await finishedAbove()) < 20) await sleep(20);
  crashing.unsubscribe();
  // The fifth record of the aggregate is the last of the finished prefix.
  expect(await lease()).toMatchObject({ checkpoint: sequence, subSequence: 4 });
  const end = new AbortController();
  let second = 0;
  const again = await lastValueFrom(
    source(end.signal).pipe(
      tap((envelope) => {
        envelope.ack();
        second += 1;
        if (second === unfinished.length) end.abort();
      }),
      toArray(),
    ),
  );
  expect(again.map(({ tile }) => tile.id)).toEqual(unfinished);
  expect(again.map(({ origin }) => origin.position.split('.')[1])).toEqual(['5', '8', '19', undefined, '9']);
  const { checkpoint, subSequence } = (await lease()) ?? {};
  expect([checkpoint === sequence, subSequence]).toEqual([false, 9]);
});

it('loses no record of an aggregate that its producer placed by its first record, after a split', async () => {
  await bench.createStream(stream, 1);
  const [parent = ''] = await bench.shards(stream);
  const half = (2n ** 127n).toString();
  await bench.client.send(
    new SplitShardCommand({ StreamName: stream, ShardToSplit: parent, NewStartingHashKey: half }),
  );
  await bench.active(stream);
  // As the modules of `kinesis-aggregation` do: the partition key of the first record places the aggregate, whatever is in it.
  const users = (name: string) =>
    tiles(1, 50).map((tile) => ({
      partitionKey: `${name} ${tile}`,
      explicitHashKey: undefined,
      data: Buffer.from(tile),
    }));
  const names = ['a', 'b', 'c', 'd'];
  const expected = names.flatMap((name) => users(name).map(({ partitionKey, data }) => `${partitionKey}=${data}`));
  for (const name of names) await put(encodeAggregate(users(name)), undefined, users(name)[0]?.partitionKey);
  const { seen } = open();
  await seen.until(() => seen.records.length >= expected.length);
  expect(seen.records.map((record) => record.text).toSorted()).toEqual(expected.toSorted());
  expect(new Set(seen.records.map(({ partition }) => partition)).size).toBe(2);
});

it('repeats a record that its producer packed before it heard of a split, and wrote again after, and says so once', async () => {
  await bench.createStream(stream, 1);
  const [parent = ''] = await bench.shards(stream);
  const half = (2n ** 127n).toString();
  await bench.client.send(
    new SplitShardCommand({ StreamName: stream, ShardToSplit: parent, NewStartingHashKey: half }),
  );
  await bench.active(stream);
  // Hash keys of `alpha` lie in the lower half, of `one` in the upper: a producer that still knows the parent alone packs both.
  const mixed = ['alpha', 'one', 'alpha'].map((partitionKey, i) => ({
    partitionKey,
    explicitHashKey: undefined,
    data: Buffer.from(`${i}`),
  }));
  await put(encodeAggregate(mixed), hashKeyOf('alpha').toString());
  await put(encodeAggregate(mixed), hashKeyOf('alpha').toString());
  await put(encodeAggregate(mixed.slice(1, 2)), hashKeyOf('one').toString());
  const { seen } = open();
  await seen.until(() => seen.records.length >= 7);
  const once = ['alpha=0', 'alpha=2', 'one=1'];
  expect(seen.records.map((record) => record.text).toSorted()).toEqual([...once, ...once, 'one=1'].toSorted());
  expect(warnings.filter((warning) => warning.includes('have hash keys of another shard'))).toHaveLength(1);
});

it('reads what the writer packed, each record under its key, the keys in their order', async () => {
  await bench.createStream(stream, 3);
  const writer = kinesisWriter(
    { stream, region: 'us-east-1', aggregate: true },
    { ...localAws, endpoint: bench.kinesis },
  );
  const count = 2000;
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      writer.write({ key: Buffer.from(`key ${i % 50}`), value: Buffer.from(`${i}`), headers: [] }),
    ),
  );
  await writer.close();
  expect((await bench.contents(stream)).length).toBeLessThan(count / 50);
  const { seen } = open();
  await seen.until(() => seen.records.length >= count);
  expect(seen.records).toHaveLength(count);
  const byKey = Map.groupBy(seen.records, (record) => record.text.split('=')[0] ?? '');
  const numbers = [...byKey.values()].map((all) => all.map((record) => Number(record.text.split('=')[1])));
  expect(numbers).toHaveLength(50);
  for (const each of numbers) expect(each).toEqual(Array.from({ length: 40 }, (_, i) => (each[0] ?? 0) + i * 50));
});
