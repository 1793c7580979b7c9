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

    // A split: whoever held the parent, its children wait for it.
    const [parent = ''] = shards;
    const half = (2n ** 125n).toString();
    await bench.client.send(
      new SplitShardCommand({ StreamName: stream, ShardToSplit: parent, NewStartingHashKey: half }),
    );
    await until(async () => (await bench.shards(stream)).length === 6);
    const open = (await bench.shards(stream)).filter((shard) => shard !== parent);
    await feed(open, 10);
    await until(() => missing().length === 0);

    // A drain: the library takes it all over, and repeats nothing.
    await swath1.drain();
    const before = all();
    await feed(open, 10);
    await until(() => missing().length === 0);
    expect(all().toSorted()).toEqual([...before, ...numbered(next - 50, next - 1)].toSorted());

    // A crash of the library: swath takes over what it held.
    const swath2 = swath();
    await until(async () => (holders(await items())['swath'] ?? 0) >= 2);
    await library1.kill();
    await feed(open, 10);
    await until(() => missing().length === 0);
    expect(swath2.ids.length).toBeGreaterThan(0);
  });
});
