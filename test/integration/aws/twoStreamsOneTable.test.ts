import { randomUUID } from 'node:crypto';
import { SplitShardCommand } from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { ShardSync } from '../../../src/aws/shardSync.ts';
import { systemTiming } from '../../../src/aws/timing.ts';
import type { Lease, LeaseStore } from '../../../src/ports/leaseStore.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
let table: string;
let store: LeaseStore;
beforeAll(async () => {
  bench = await openKinesisBench();
});
beforeEach(async () => {
  store?.close();
  table = `leases-${randomUUID()}`;
  store = dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table });
  await store.prepare();
});
afterAll(async () => {
  store.close();
  await bench.close();
});

const make = async (shards: number): Promise<string> => {
  const stream = `tiles-${randomUUID()}`;
  await bench.createStream(stream, shards);
  return stream;
};
/** @param start - With `LATEST` closed shards get no lease. */
const syncOf = (stream: string, leases: LeaseStore = store, start: 'TRIM_HORIZON' | 'LATEST' = 'TRIM_HORIZON') => {
  const stopped = new AbortController().signal;
  return new ShardSync({
    client: bench.client,
    stream,
    store: leases,
    leaseTable: table,
    start,
    timing: systemTiming,
    stopped,
  });
};
/** The store as several see it who all look for the first time before anybody goes on. */
const seenAtOnce = (parties: number): LeaseStore => {
  const met = Promise.withResolvers<void>();
  let looked = 0;
  return {
    ...store,
    async list() {
      const leases = await store.list();
      looked += 1;
      if (looked === parties) met.resolve();
      await met.promise;
      return leases;
    },
  };
};
const streamsIn = (leases: readonly Lease[]): (string | undefined)[] => [
  ...new Set(leases.map((lease) => lease.stream)),
];
const outcome = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'goes on',
    (error: unknown) => String(error),
  );

describe('two streams that find one lease table empty at the same moment', () => {
  it('share it never: one whose shards have the same names makes no lease', async () => {
    const streams = [await make(2), await make(3)];
    const leases = seenAtOnce(2);
    const ends = await Promise.all(streams.map((stream) => outcome(syncOf(stream, leases).run())));
    const winner = streams[ends.indexOf('goes on')] ?? '';
    expect(ends.find((end) => end !== 'goes on')).toContain(`keeps the leases of stream ${winner}; give stream`);
    expect(streamsIn(await store.list())).toEqual([winner]);
    await syncOf(winner).run();
    expect(await store.list()).toHaveLength(winner === streams[0] ? 2 : 3);
  });

  it('leave it to one, or to none, where their shards have other names', async () => {
    const streams = [await make(1), await make(1)];
    const [, other = ''] = streams;
    const [parent = ''] = await bench.shards(other);
    const split = { StreamName: other, ShardToSplit: parent, NewStartingHashKey: (2n ** 127n).toString() };
    await bench.client.send(new SplitShardCommand(split));
    await bench.active(other);
    const leases = seenAtOnce(2);
    const ends = await Promise.all(streams.map((stream) => outcome(syncOf(stream, leases, 'LATEST').run())));
    const winners = streams.filter((_, i) => ends[i] === 'goes on');
    expect(winners.length).toBeLessThan(2);
    expect(streamsIn(await store.list())).toEqual(winners);
    await Promise.all((winners.length > 0 ? winners : [other]).map((stream) => syncOf(stream, store, 'LATEST').run()));
  });
});

describe('a lease table with leases of two streams', () => {
  const shard = (key: string, stream: string) => ({
    key,
    checkpoint: 'TRIM_HORIZON',
    parents: [],
    hashRange: undefined,
    stream,
  });

  it('is refused with what is to be removed', async () => {
    const stream = await make(1);
    await syncOf(stream).run();
    await store.create(shard('shardId-9', 'scenes'));
    await expect(syncOf(stream).run()).rejects.toThrow(
      `the lease table ${table} keeps leases of two streams, ${stream} and scenes: stop the processes of one of them, remove the items whose swathStream is that one`,
    );
  });

  it('is waited for, as long as the other may withdraw', async () => {
    const stream = await make(1);
    await syncOf(stream).run();
    await store.create(shard('shardId-9', 'scenes'));
    let looks = 0;
    const leases: LeaseStore = {
      ...store,
      async list() {
        const listed = await store.list();
        looks += 1;
        for (const lease of listed) if (lease.stream === 'scenes') await store.remove(lease);
        return listed;
      },
    };
    await syncOf(stream, leases).run();
    expect(looks).toBe(2);
  });
});
