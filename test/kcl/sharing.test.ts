import { SplitShardCommand } from '@aws-sdk/client-kinesis';
import { describe, expect, inject, it } from 'vitest';
import { holders, idsOf, libraries, numbered, openSharedTable, until } from './sharedTable.ts';

const services = { kinesis: inject('kinesis'), dynamodb: inject('dynamodb') };

describe.each(libraries)('with the Kinesis Client Library $version', (library) => {
  it('shares the shards of one table at the same time, through a split, a drain and a crash, with nothing lost', async () => {
    await using table = await openSharedTable(services, 4);
    const { bench, shards, append, kcl, swath, stream, items, kcls, swaths } = table;
    const library1 = await kcl(library);
    await until(async () => holders(await items())['kcl'] === 4);
    const swath1 = swath();
    await until(async () => {
      const { kcl: theirs, swath: ours } = holders(await items());
      return theirs === 2 && ours === 2;
    });
    let next = 1;
    const feed = async (targets: readonly string[], each: number): Promise<void> => {
      for (const shard of targets) {
        await append(shard, numbered(next, next + each - 1));
        next += each;
      }
    };
    const all = (): string[] => [...swaths.flatMap(({ ids }) => ids), ...kcls.flatMap(idsOf)];
    const missing = (): string[] => {
      const seen = new Set(all());
      return numbered(1, next - 1).filter((id) => !seen.has(id));
    };
    // Both at once.
    await feed(shards, 20);
    await until(() => missing().length === 0);
    expect(all().toSorted()).toEqual(numbered(1, next - 1));
    expect([swath1.ids.length, library1.texts.length]).toEqual([40, 40]);

    // A split of one shard of each: its owner ends it, and its children go to whom they fall.
    const parents: string[] = [];
    for (const kind of ['kcl', 'swath']) {
      const lease = (await items()).find(({ leaseOwner }) => leaseOwner?.S?.startsWith(kind));
      const [start = '0', end = '0'] = [lease?.['startingHashKey']?.S, lease?.['endingHashKey']?.S];
      const middle = ((BigInt(start) + BigInt(end)) / 2n + 1n).toString();
      const parent = lease?.['leaseKey']?.S ?? '';
      const command = { StreamName: stream, ShardToSplit: parent, NewStartingHashKey: middle };
      const before = (await bench.shards(stream)).length;
      await bench.client.send(new SplitShardCommand(command));
      await until(async () => (await bench.shards(stream)).length === before + 2);
      await bench.active(stream);
      parents.push(parent);
    }
    const open = (await bench.shards(stream)).filter((shard) => !parents.includes(shard));
    expect(open).toHaveLength(6);
    await feed(open, 10);
    await until(() => missing().length === 0);
    const unfinished = async (): Promise<unknown[]> =>
      (await items()).filter(
        ({ leaseKey, checkpoint }) => parents.includes(leaseKey?.S ?? '') && checkpoint?.S !== 'SHARD_END',
      );
    expect(await unfinished()).toEqual([]);

    // A drain: the library takes it all over, and repeats nothing.
    await swath1.drain();
    const before = all();
    await feed(open, 10);
    await until(() => missing().length === 0);
    expect(all().toSorted()).toEqual([...before, ...numbered(next - 60, next - 1)].toSorted());

    // A crash of the library: swath takes over what it held.
    const swath2 = swath();
    await until(async () => (holders(await items())['swath'] ?? 0) >= 2);
    await library1.kill();
    await feed(open, 10);
    await until(() => missing().length === 0);
    expect(swath2.ids.length).toBeGreaterThan(0);
  });
});
