import { randomUUID } from 'node:crypto';
import { MergeShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { type KinesisReaderParts, kinesisReader } from '../../../src/aws/kinesisReader.ts';
import { systemTiming } from '../../../src/aws/timing.ts';
import type { Lease, LeaseStore } from '../../../src/ports/leaseStore.ts';
import type { Commit, RecordReader } from '../../../src/ports/recordReader.ts';
import type { StreamRecord } from '../../../src/tile/streamRecord.ts';
import { type Following, followReader } from '../../support/contracts/followReader.ts';
import { type FaultProxy, type ProxyFault, startFaultProxy, throughputExceeded } from '../../support/faultProxy.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

const failoverMs = 600;
const nothing = (): undefined => undefined;
const textOf = ({ value }: StreamRecord): string => Buffer.from(value ?? []).toString();
const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `tile ${from + i}`);

let bench: KinesisBench;
let proxy: FaultProxy;
let stream: string;
let store: LeaseStore;
const warnings: string[] = [];
const opened: RecordReader<StreamRecord>[] = [];
beforeAll(async () => {
  bench = await openKinesisBench();
  proxy = await startFaultProxy({ target: bench.kinesis });
});
beforeEach(() => {
  stream = `tiles-${randomUUID()}`;
  store = leases(stream);
  const silent = (): void => undefined;
  const warn = (message: string): unknown => warnings.push(message);
  diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(async () => {
  proxy.clear();
  for (const reader of opened.splice(0)) await reader.close();
  store.close();
  diag.disable();
  warnings.length = 0;
});
afterAll(async () => {
  await proxy.close();
  await bench.close();
});

const leases = (table: string): LeaseStore => dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table });
const make = (options: object = {}, parts: KinesisReaderParts = {}): RecordReader<StreamRecord> => {
  const reader = kinesisReader(
    { stream, leaseTable: stream, region: 'us-east-1', failoverMs, readIntervalMs: 200, ...options },
    { ...localAws, endpoint: proxy.url, store: leases(stream), ...parts },
  );
  opened.push(reader);
  return reader;
};
const open = (options: object = {}, parts: KinesisReaderParts = {}) => {
  const reader = make(options, parts);
  return { reader, seen: followReader(reader, textOf) };
};
const pause = (ms: number): Promise<void> => systemTiming.sleep(ms, new AbortController().signal);
const eventually = async (check: () => Promise<boolean>): Promise<void> => {
  while (!(await check())) await pause(30);
};
const lease = async (key: string): Promise<Lease> => {
  const found = (await store.list()).find((each) => each.key === key);
  if (found === undefined) throw new Error(`no lease ${key}`);
  return found;
};
/** A commit of everything that was seen of a partition. */
const commitAll = (seen: Following, partition: string, map = ''): Commit => {
  const own = seen.records.filter((record) => record.partition === partition);
  const last = own.at(-1);
  return {
    partition,
    epoch: seen.epoch(partition),
    nextSlot: (last?.slot ?? -1) + 1,
    position: last?.position,
    nextPosition: undefined,
    map,
  };
};

describe('kinesisReader, with others', () => {
  it('shares the shards of a stream, and each record is read once', async () => {
    await bench.createStream(stream, 4);
    const shards = await bench.shards(stream);
    const one = open();
    const two = open();
    const loads = async (): Promise<number[]> => {
      const all = await store.list().catch(() => []);
      const owned = all.filter(({ owner }) => owner !== undefined);
      return [...Map.groupBy(owned, ({ owner }) => owner).values()].map(({ length }) => length);
    };
    // The lease says so first; who lost a shard reads it until it knows.
    const held = ({ assigned, revoked }: Following): number => assigned.length - revoked.length;
    const shared = async (): Promise<boolean> =>
      (await loads()).join() === '2,2' && [one, two].every(({ seen }) => held(seen) === 2);
    await eventually(shared);
    for (const [i, shard] of shards.entries()) await bench.append(stream, shard, texts(i * 10 + 1, i * 10 + 10));
    const all = () => [...one.seen.records, ...two.seen.records];
    await Promise.race([one.seen.until(() => all().length >= 40), two.seen.until(() => all().length >= 40)]);
    expect(
      all()
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual(texts(1, 40).toSorted());
    expect([one, two].map(({ seen }) => new Set(seen.records.map(({ partition }) => partition)).size)).toEqual([2, 2]);
  });

  it('goes on where a worker that died had committed, with its map', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 10));
    let alive = true;
    const never = Promise.withResolvers<void>();
    const dying = {
      ...systemTiming,
      sleep: (ms: number, signal: AbortSignal) => (alive ? systemTiming.sleep(ms, signal) : never.promise),
    };
    const dead = open({}, { timing: dying });
    await dead.seen.until(() => dead.seen.records.length >= 10);
    const [, , , fourth] = dead.seen.records;
    const position = dead.seen.records[2]?.position;
    await dead.reader.commit([
      { partition: shard, epoch: 1, nextSlot: 3, position, nextPosition: fourth?.position, map: 'the map' },
    ]);
    alive = false;
    const heir = open();
    await heir.seen.until(() => heir.seen.records.length >= 7);
    expect(heir.seen.texts(shard)).toEqual(texts(4, 10));
    expect(heir.seen.assigned).toEqual([{ partition: shard, epoch: 1, progress: { nextSlot: 0, map: 'the map' } }]);
    const before = await lease(shard);
    await dead.reader.commit([commitAll(dead.seen, shard)]);
    expect((await lease(shard)).checkpoint).toBe(before.checkpoint);
    expect(dead.seen.revoked).toEqual([shard]);
    never.resolve();
  });

  it('goes on with a stolen lease where the one before had committed, who commits nothing more', async () => {
    await bench.createStream(stream, 2);
    const shards = await bench.shards(stream);
    for (const shard of shards) await bench.append(stream, shard, texts(1, 10));
    const one = open();
    await one.seen.until(() => one.seen.records.length >= 20);
    const commitSix = (partition: string): Commit => {
      const own = one.seen.records.filter((record) => record.partition === partition);
      const { position } = own[5] ?? {};
      return { partition, epoch: 1, nextSlot: 6, position, nextPosition: own[6]?.position, map: 'the map' };
    };
    await one.reader.commit(shards.map(commitSix));
    const two = open();
    await two.seen.until(() => two.seen.records.length >= 4);
    const [stolen = ''] = two.seen.assigned.map(({ partition }) => partition);
    expect(two.seen.texts(stolen)).toEqual(texts(7, 10));
    expect(two.seen.assigned).toEqual([{ partition: stolen, epoch: 1, progress: { nextSlot: 0, map: 'the map' } }]);
    const before = await lease(stolen);
    await one.reader.commit([commitAll(one.seen, stolen)]);
    expect((await lease(stolen)).checkpoint).toBe(before.checkpoint);
    await one.seen.until(() => one.seen.revoked.length === 1);
    expect(one.seen.revoked).toEqual([stolen]);
  });

  it('comes to its share by as many steals at once as it is told', async () => {
    await bench.createStream(stream, 8);
    // Renewed every 10 s: a lease that its owner renews between the look and the taking is left to the next look.
    const slow = { failoverMs: 30_000 };
    const one = open(slow);
    await one.seen.until(() => one.seen.assigned.length === 8);
    let looks = 0;
    const takenAt: number[] = [];
    const table = leases(stream);
    const counted: LeaseStore = {
      ...table,
      list: () => {
        looks += 1;
        return table.list();
      },
      take: (lease, worker) => {
        takenAt.push(looks);
        return table.take(lease, worker);
      },
    };
    const two = open({ ...slow, stealsAtOnce: 100 }, { store: counted });
    await two.seen.until(() => two.seen.assigned.length === 4);
    expect(takenAt).toHaveLength(4);
    expect(new Set(takenAt).size).toBe(1);
    await eventually(async () => one.seen.revoked.length === 4);
  });

  it('takes a shard again under a new epoch', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 3));
    const { reader, seen } = open();
    await seen.until(() => seen.records.length >= 3);
    const stolen = await store.take(await lease(shard), 'thief');
    await seen.until(() => seen.revoked.length === 1);
    if (stolen !== undefined) await store.release(stolen);
    await seen.until(() => seen.records.length >= 6);
    expect(seen.assigned.map(({ epoch }) => epoch)).toEqual([1, 2]);
    await reader.commit([{ ...commitAll(seen, shard), epoch: 1 }]);
    expect((await lease(shard)).checkpoint).toBe('TRIM_HORIZON');
  });

  it('leaves a table alone that keeps the leases of another stream', async () => {
    await bench.createStream(stream, 1);
    await store.prepare();
    await store.create({ key: 'shardId-9', checkpoint: '7', parents: [], hashRange: undefined, stream: 'scenes' });
    const { seen } = open();
    await expect(seen.until(() => false)).rejects.toThrow('keeps the leases of stream scenes; give stream');
    expect(await store.list()).toHaveLength(1);
  });

  it('goes on from the checkpoint of another program, and drops a map that is not of it', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 5));
    const { reader, seen } = open();
    await seen.until(() => seen.records.length >= 5);
    const [, second, third] = seen.records;
    await reader.commit([
      {
        partition: shard,
        epoch: 1,
        nextSlot: 1,
        position: seen.records[0]?.position,
        nextPosition: second?.position,
        map: 'old',
      },
    ]);
    await reader.close();
    const free = await lease(shard);
    await store.checkpoint(free, { checkpoint: third?.position ?? '', subSequence: 0, map: free.map });
    const next = open();
    await next.seen.until(() => next.seen.records.length >= 2);
    expect(next.seen.texts(shard)).toEqual(texts(4, 5));
    expect(next.seen.assigned[0]?.progress?.map).not.toBe('old');
    expect(warnings.some((text) => text.includes('does not belong to the record at'))).toBe(true);
  });
});

describe('kinesisReader, when a stream is resharded', () => {
  const half = (2n ** 127n).toString();

  it('reads the children of a split after all of the parent is settled, then ends the parent', async () => {
    await bench.createStream(stream, 1);
    const [parent = ''] = await bench.shards(stream);
    await bench.append(stream, parent, texts(1, 5));
    const { reader, seen } = open();
    await seen.until(() => seen.records.length >= 5);
    await bench.client.send(
      new SplitShardCommand({ StreamName: stream, ShardToSplit: parent, NewStartingHashKey: half }),
    );
    let children: string[] = [];
    while (children.length < 2) children = (await bench.shards(stream)).filter((shard) => shard !== parent);
    await pause(100);
    for (const [i, shard] of children.entries()) await bench.append(stream, shard, texts(11 + i * 10, 15 + i * 10));
    await reader.commit([{ ...commitAll(seen, parent), nextPosition: seen.records.at(-1)?.position, nextSlot: 4 }]);
    await pause(1000);
    expect(seen.records).toHaveLength(5); // one of the parent's records is unsettled
    await reader.commit([commitAll(seen, parent)]);
    await seen.until(() => seen.records.length >= 15);
    expect(seen.log.indexOf(`revoked ${parent}`)).toBeLessThan(seen.log.indexOf(`assigned ${children[0]}`));
    expect(children.map((shard) => seen.texts(shard))).toEqual([texts(11, 15), texts(21, 25)]);
    const ended = await lease(parent);
    expect(ended).toMatchObject({ checkpoint: 'SHARD_END', map: '' });
    expect(ended.children.toSorted()).toEqual(children.toSorted());
    expect((await lease(children[0] ?? '')).parents).toEqual([parent]);
  });

  it('ends a shard although its children cannot be looked up at first', async () => {
    await bench.createStream(stream, 1);
    const [parent = ''] = await bench.shards(stream);
    await bench.append(stream, parent, texts(1, 3));
    const { reader, seen } = open();
    await seen.until(() => seen.records.length >= 3);
    proxy.inject({
      kind: 'reset',
      when: ({ headers }) => headers['x-amz-target'] === 'Kinesis_20131202.ListShards',
      times: 4,
    });
    const { client } = bench;
    await client.send(new SplitShardCommand({ StreamName: stream, ShardToSplit: parent, NewStartingHashKey: half }));
    let children: string[] = [];
    while (children.length < 2) children = (await bench.shards(stream)).filter((shard) => shard !== parent);
    await pause(100);
    for (const shard of children) await bench.append(stream, shard, texts(4, 6));
    await reader.commit([commitAll(seen, parent)]);
    await seen.until(() => seen.records.length >= 9);
    expect(warnings.some((text) => text.includes(`ending shard ${parent} of ${stream} waits`))).toBe(true);
    expect(await lease(parent)).toMatchObject({ checkpoint: 'SHARD_END' });
  });

  it('reads the child of a merge after both parents, and forgets the parents when it has progressed', async () => {
    await bench.createStream(stream, 2);
    const [left = '', right = ''] = await bench.shards(stream);
    await bench.append(stream, left, texts(1, 3));
    const merge = new MergeShardsCommand({ StreamName: stream, ShardToMerge: left, AdjacentShardToMerge: right });
    await bench.client.send(merge);
    let child: string | undefined;
    while (child === undefined) child = (await bench.shards(stream)).find((shard) => shard !== left && shard !== right);
    await pause(100);
    await bench.append(stream, child, texts(11, 13));
    const { reader, seen } = open({ shardSyncMs: 300 });
    await seen.until(() => seen.records.length >= 3);
    await reader.commit([commitAll(seen, left)]);
    await seen.until(() => seen.records.length >= 6);
    expect(seen.records.map(({ partition }) => partition)).toEqual([left, left, left, child, child, child]);
    await reader.commit([commitAll(seen, child)]);
    await eventually(async () => (await store.list()).length === 1);
    expect((await store.list()).map(({ key }) => key)).toEqual([child]);
    await pause(700);
    expect((await store.list()).map(({ key }) => key)).toEqual([child]);
  });
});

describe('kinesisReader, when a list of shards comes without shards', () => {
  const empty = (operation: string, body: object, status = 200): ProxyFault => ({
    kind: 'answer',
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(body),
    when: ({ headers }) => headers['x-amz-target'] === `Kinesis_20131202.${operation}`,
  });

  it('asks again, and begins', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 3));
    proxy.inject({ ...empty('ListShards', {}), times: 2 });
    const { seen } = open();
    await seen.until(() => seen.records.length >= 3);
    const said = 'kinesis.ListShards .* the answer has no list of shards';
    expect(warnings.filter((text) => new RegExp(said).test(text))).toHaveLength(2);
  });

  it('says so when it never does', async () => {
    await bench.createStream(stream, 1);
    proxy.inject(empty('ListShards', {}));
    const { seen } = open({}, { timing: { ...systemTiming, sleep: () => Promise.resolve() } });
    await expect(seen.until(() => false)).rejects.toMatchObject({
      name: 'SourceError',
      code: 'CONNECTION',
      message: expect.stringMatching(/^stream \S+ cannot be read: kinesis\.ListShards .* has no list of shards/),
    });
    expect(await store.list().catch(() => [])).toEqual([]);
  });

  it('takes no shard for gone, and reads on', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    const { seen } = open();
    await seen.until(() => seen.assigned.length === 1);
    const struck = proxy.counts.struck;
    proxy.inject({ ...empty('ListShards', {}), times: 2 });
    const absent = { __type: 'ResourceNotFoundException', message: 'not found' };
    proxy.inject({ ...empty('GetRecords', absent, 400), times: 2 });
    await eventually(async () => proxy.counts.struck === struck + 4);
    await bench.append(stream, shard, texts(1, 3));
    await seen.until(() => seen.records.length >= 3);
    expect(seen.revoked).toEqual([]);
  });
});

describe('kinesisReader, from where it is told', () => {
  it('latest reads what comes from now on, and loses nothing when it dies before the first tile is finished', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 5));
    const { reader, seen } = open({ from: 'latest' });
    await eventually(async () => (await store.list().catch(() => [])).some(({ owner }) => owner !== undefined));
    await pause(500);
    await bench.append(stream, shard, texts(6, 8));
    await seen.until(() => seen.records.length >= 3);
    expect(seen.texts(shard)).toEqual(texts(6, 8));
    // What the source commits before it releases the first record.
    await reader.commit([
      { partition: shard, epoch: 1, nextSlot: 0, position: undefined, nextPosition: undefined, map: '' },
    ]);
    expect((await lease(shard)).checkpoint).toBe('LATEST');
    await reader.close();
    const again = open({ from: 'latest' });
    await again.seen.until(() => again.seen.records.length >= 3);
    expect(again.seen.texts(shard)).toEqual(texts(6, 8));
  });

  it('a time reads what came since', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 5));
    await pause(50);
    const from = new Date().toISOString();
    await bench.append(stream, shard, texts(6, 8));
    const { seen } = open({ from });
    await seen.until(() => seen.records.length >= 3);
    expect(seen.texts(shard)).toEqual(texts(6, 8));
    expect((await lease(shard)).checkpoint).toBe('AT_TIMESTAMP');
  });
});

describe('kinesisReader, in trouble', () => {
  const operation = (name: string) => (request: { headers: Record<string, unknown> }) =>
    request.headers['x-amz-target'] === `Kinesis_20131202.${name}`;
  const reading = async (): Promise<Following> => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 5));
    const { seen } = open();
    await seen.until(() => seen.records.length >= 5);
    return seen;
  };
  const goesOn = async (seen: Following): Promise<void> => {
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(6, 9));
    await seen.until(() => seen.records.length >= 9);
    expect(seen.texts(shard)).toEqual(texts(1, 9));
  };

  it('waits while reads are throttled', async () => {
    const seen = await reading();
    proxy.inject({ ...throughputExceeded, when: operation('GetRecords'), times: 6 });
    await goesOn(seen);
    expect(warnings.some((text) => text.includes('ProvisionedThroughputExceeded'))).toBe(true);
  });

  it('takes a new iterator at the same place when one expired', async () => {
    const seen = await reading();
    const body = '{"__type":"ExpiredIteratorException","message":"Iterator expired."}';
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    proxy.inject({ kind: 'answer', status: 400, headers, body, when: operation('GetRecords'), times: 2 });
    await goesOn(seen);
  });

  it('waits while Kinesis cannot be reached', async () => {
    const seen = await reading();
    proxy.inject({ kind: 'reset', when: operation('GetRecords'), times: 4 });
    await goesOn(seen);
  });

  it('waits while it cannot learn whether a shard that is not found still exists', async () => {
    const seen = await reading();
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    const body = '{"__type":"ResourceNotFoundException","message":"Shard not found"}';
    const listed = new Promise<void>((resolve) => {
      const when = (request: { headers: Record<string, unknown> }): boolean => {
        if (!operation('ListShards')(request)) return false;
        resolve();
        return true;
      };
      proxy.inject({ ...throughputExceeded, when, times: 2 });
    });
    proxy.inject({ kind: 'answer', status: 400, headers, body, when: operation('GetRecords'), times: 1 });
    await listed;
    await goesOn(seen);
  });

  it('takes a closed shard whose records have all expired as read, and goes on with its child', async () => {
    await bench.createStream(stream, 2);
    const [gone = '', child = ''] = await bench.shards(stream);
    await bench.append(stream, child, texts(1, 3));
    await store.prepare();
    await store.create({ key: gone, checkpoint: '1', parents: [], hashRange: undefined, stream });
    await store.create({ key: child, checkpoint: 'TRIM_HORIZON', parents: [gone], hashRange: undefined, stream });
    const shard = (ShardId: string) => ({
      ShardId,
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: '9' },
      SequenceNumberRange: { StartingSequenceNumber: '1' },
    });
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    const body = JSON.stringify({ Shards: [shard(child)] });
    proxy.inject({ kind: 'answer', status: 200, headers, body, when: operation('ListShards') });
    const missing = '{"__type":"ResourceNotFoundException","message":"Shard not found"}';
    const when = operation('GetShardIterator');
    proxy.inject({ kind: 'answer', status: 400, headers, body: missing, when, times: 1 }); // that of the parent
    const { seen } = open();
    await seen.until(() => seen.records.length >= 3);
    expect(seen.texts(child)).toEqual(texts(1, 3));
    expect(warnings.some((text) => text.includes(`shard ${gone} of ${stream} is gone`))).toBe(true);
  });

  it('says that the stream was deleted while it was read', async () => {
    const seen = await reading();
    await bench.deleteStream(stream);
    const failure = seen.until(() => false);
    await expect(failure).rejects.toMatchObject({ code: 'STREAM_MISSING', retryable: false, stream });
    await expect(failure).rejects.toThrow(`stream ${stream} does not exist`);
  });

  it('reads no more shards at once than it may hold, and comes to all of them', async () => {
    await bench.createStream(stream, 8);
    const shards = await bench.shards(stream);
    for (const shard of shards) await bench.append(stream, shard, ['x']);
    const reader = make({ failoverMs: 10_000 }, { readsAtOnce: 2 }); // a lease that is lost is no longer paused
    let reads = 0;
    const count = (request: { headers: Record<string, unknown> }): boolean => {
      if (operation('GetRecords')(request)) reads += 1;
      return false;
    };
    proxy.inject({ kind: 'reset', when: count });
    const events = { assigned: nothing, revoked: nothing, caughtUp: nothing, failed: nothing, progressAfter: nothing };
    const stop = new AbortController();
    const batches = reader.read(events, stop.signal)[Symbol.asyncIterator]();
    const next = async (): Promise<string> => (await batches.next()).value?.partition ?? '';
    const first = await next();
    await eventually(async () => reads >= 3);
    await pause(1_000);
    expect(reads).toBe(3); // one was taken, two wait
    // What waits of shards that are paused holds nobody up.
    const others = shards.filter((shard) => shard !== first);
    for (const shard of others) reader.pause(shard);
    await bench.append(stream, first, ['y']);
    expect(await next()).toBe(first);
    for (const shard of others) reader.resume(shard);
    const seen = new Set<string>();
    while (seen.size < others.length) seen.add(await next());
    expect([...seen].sort()).toEqual(others);
    stop.abort();
    await batches.return?.();
  });

  it('keeps a commit whose answer was lost', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await bench.append(stream, shard, texts(1, 5));
    await using table = await startFaultProxy({ target: bench.dynamodb });
    const { reader, seen } = open({}, { store: dynamoLeaseStore({ ...localAws, endpoint: table.url, table: stream }) });
    await seen.until(() => seen.records.length >= 5);
    table.inject({
      kind: 'dropAnswer',
      when: ({ headers }) => headers['x-amz-target'] === 'DynamoDB_20120810.UpdateItem',
      times: 3,
    });
    await reader.commit([commitAll(seen, shard, 'kept')]);
    expect((await lease(shard)).checkpoint).toBe(seen.records.at(-1)?.position);
    expect(seen.revoked).toEqual([]);
  });

  it('names a stream that does not exist, and makes no table for it', async () => {
    const { seen } = open();
    const failure = seen.until(() => false);
    await expect(failure).rejects.toMatchObject({ code: 'STREAM_MISSING', retryable: false, stream });
    await expect(failure).rejects.toThrow(`stream ${stream} does not exist`);
    await expect(store.list()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('says that there are no credentials', async () => {
    const credentials = () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialsProviderError' }));
    const { seen } = open({}, { credentials });
    const failure = seen.until(() => false);
    await expect(failure).rejects.toMatchObject({ code: 'AUTHORIZATION' });
    await expect(failure).rejects.toThrow('no AWS credentials found; set AWS_PROFILE');
  });

  it('says that a checkpoint is not of this stream', async () => {
    await bench.createStream(stream, 1);
    const [shard = ''] = await bench.shards(stream);
    await store.prepare();
    await store.create({ key: shard, checkpoint: '7', parents: [], hashRange: undefined, stream });
    const failure = open().seen.until(() => false);
    await expect(failure).rejects.toThrow(`the checkpoint 7 of shard ${shard} is not one of stream ${stream}`);
  });

  it('names the option that breaks a rule', () => {
    expect(() => kinesisReader({ stream: 'no stream' })).toThrow(/^stream: must be 1 to 128 letters/);
    expect(() => kinesisReader({ stream, readIntervalMs: 10 })).toThrow('readIntervalMs');
  });
});
