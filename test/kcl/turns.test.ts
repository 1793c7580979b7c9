import { describe, expect, inject, it } from 'vitest';
import { encodeAggregate } from '../../src/aws/encodeAggregate.ts';
import { descriptor, type Items, idsOf, libraries, numbered, openSharedTable, until } from './sharedTable.ts';

const services = { kinesis: inject('kinesis'), dynamodb: inject('dynamodb') };

describe.each(libraries)('with the Kinesis Client Library $version', (library) => {
  it('goes on where the library stopped, in the middle of an aggregate, and the library where swath did', async () => {
    await using table = await openSharedTable(services, 1);
    const { bench, shards, append, kcl, swath, stream, items } = table;
    const [shard = ''] = shards;
    await append(shard, numbered(1, 5));
    const users = numbered(6, 15).map((id) => ({
      partitionKey: id,
      explicitHashKey: undefined,
      data: Buffer.from(descriptor(id)),
    }));
    await bench.appendBytes(stream, shard, encodeAggregate(users));
    await append(shard, numbered(16, 20));

    const first = await kcl({ ...library, limit: 9 });
    await first.until(() => first.texts.length === 9);
    await first.stop();
    expect(idsOf(first)).toEqual(numbered(1, 9));

    const second = swath();
    await until(() => second.ids.length >= 11);
    await append(shard, numbered(21, 25));
    await until(() => second.ids.length >= 16);
    await second.drain();
    expect(second.ids).toEqual(numbered(10, 25));
    expect(await items()).toMatchObject([{ swathMap: { S: expect.any(String) } }]);

    await append(shard, numbered(26, 30));
    const third = await kcl(library);
    await third.until(() => third.texts.length >= 5);
    await third.stop();
    expect(idsOf(third)).toEqual(numbered(26, 30));

    await append(shard, numbered(31, 33));
    const fourth = swath();
    await until(() => fourth.ids.length >= 3);
    await fourth.drain();
    expect(fourth.ids).toEqual(numbered(31, 33)); // its own older map was not of this checkpoint
  });
});

it('leaves alone what a library on its way from 2.x to 3.x keeps in the table', async () => {
  await using table = await openSharedTable(services, 2);
  const { shards, append, kcl, swath, items } = table;
  const library = await kcl({ version: '3.5.1', mode: 'COMPATIBLE_WITH_2X' });
  const [left = '', right = ''] = shards;
  await append(left, numbered(1, 10));
  await library.until(() => library.texts.length >= 10);
  const kinds = (items: Items): unknown[] => items.map((item) => item['entityType']?.S).toSorted();
  const isForeign = (item: Items[number]): boolean => (item['entityType']?.S ?? 'LEASE') !== 'LEASE';
  await until(async () => (await items()).filter(isForeign).length >= 2);
  const before = (await items()).filter(isForeign);
  expect(kinds(before)).toEqual(['CLIENT_VERSION_MIGRATION', 'WORKER_METRIC_STATS']);
  const worker = swath();
  await append(right, numbered(11, 20));
  await until(() => new Set([...worker.ids, ...idsOf(library)]).size === 20);
  await library.stop();
  await append(left, numbered(21, 30));
  await until(() => new Set([...worker.ids, ...idsOf(library)]).size === 30);
  const others = (await items()).filter(isForeign);
  expect(kinds(others)).toEqual(kinds(before));
  for (const item of others) expect(item).not.toHaveProperty('swathMap');
  expect(worker.ids).toEqual(expect.arrayContaining(numbered(21, 30)));
});
