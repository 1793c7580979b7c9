import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import { seededRandom } from '../../../src/local/seededRandom.ts';
import { type FromKinesisOptions, fromKinesis } from '../../../src/sources/fromKinesis.ts';
import type { Envelope } from '../../../src/tile/envelope.ts';
import { spanCap } from '../../../src/tile/offsetMap.ts';
import type { Tile } from '../../../src/tile/tile.ts';
import { FlightLog } from '../../support/flightLog.ts';
import { type KinesisBench, localAws, openKinesisBench } from '../../support/kinesisBench.ts';

let bench: KinesisBench;
const warnings: string[] = [];
beforeAll(async () => {
  bench = await openKinesisBench();
});
beforeEach(() => {
  const silent = (): void => undefined;
  const warn = (message: string): unknown => warnings.push(message);
  diag.setLogger({ warn, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
});
afterEach(() => {
  diag.disable();
  warnings.length = 0;
});
afterAll(() => bench.close());

const read = async (options: Partial<FromKinesisOptions>, next: (envelope: Envelope<Tile>) => void, shards = 1) => {
  const stream = `tiles-${randomUUID()}`;
  await bench.createStream(stream, shards);
  const drain = new AbortController();
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined); // told by stop
  const store = dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table: stream });
  const common = { stream, leaseTable: stream, region: 'us-east-1', readIntervalMs: 200, drain: drain.signal };
  fromKinesis({ ...common, aws: { ...localAws, endpoint: bench.kinesis, store }, ...options }).subscribe({
    next,
    error: (error: unknown) => ended.reject(error),
    complete: () => ended.resolve(),
  });
  const stop = (): Promise<void> => {
    drain.abort();
    return ended.promise;
  };
  return { stream, shards: await bench.shards(stream), stop, store };
};
const until = async (check: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await check())) await sleep(20);
};

it('never has more in flight than the cap, in number and in bytes', async () => {
  const random = seededRandom(3);
  const flights = new FlightLog(random);
  const caps = { maxInFlight: 40, maxInFlightBytes: 20_000 };
  const { stream, shards, stop } = await read(caps, (envelope) => flights.deliver(envelope), 3);
  for (const shard of shards) {
    const records = Array.from({ length: 300 }, () => 'x'.repeat(1 + Math.floor(random() * 1_500)));
    await bench.append(stream, shard, records);
  }
  await until(() => flights.finished === 900);
  await stop();
  expect(flights.most.count).toBeLessThanOrEqual(caps.maxInFlight);
  expect(flights.most.bytes).toBeLessThanOrEqual(caps.maxInFlightBytes);
  expect(flights.most.count).toBeGreaterThan(caps.maxInFlight / 4);
});

it('goes on past a tile that is stuck until its map is full, names the tile, and goes on when it is settled', async () => {
  const count = spanCap + 500;
  let stuck: Envelope<Tile> | undefined;
  let delivered = 0;
  let other = 0;
  const { stream, shards, stop, store } = await read(
    {},
    (envelope) => {
      if (envelope.origin.partition === shards[1]) other += 1;
      else delivered += 1;
      if (stuck === undefined) stuck = envelope;
      else envelope.ack();
    },
    2,
  );
  const [first = '', second = ''] = shards;
  await bench.append(
    stream,
    first,
    Array.from({ length: count }, (_, i) => String(i)),
  );
  await until(() => delivered === spanCap);
  await until(() => warnings.some((text) => text.includes(' waits: the record at ')));
  const position = stuck?.origin.position ?? 'none';
  expect(warnings.find((text) => text.includes(' waits: '))).toContain(
    `${stream}/${first} waits: the record at ${position} is`,
  );
  await bench.append(stream, second, ['one', 'two']);
  await until(() => other === 2); // other shards go on
  expect(delivered).toBe(spanCap);
  stuck?.ack();
  await until(() => delivered === count);
  await stop();
  const last = await store.find(first);
  expect(last?.checkpoint).toMatch(/^\d+$/);
});
