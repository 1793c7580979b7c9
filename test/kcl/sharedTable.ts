import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AttributeValue, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type KclSettings, type KclWorker, startKcl } from '../support/kcl/startKcl.ts';
import { connectKinesisBench, type KinesisBench, localAws } from '../support/kinesisBench.ts';
import { type SwathWorker, startSwathWorker } from './swathWorker.ts';

/** The libraries, each in the mode in which it gets on with others of 2.x. */
export const libraries = [{ version: '2.7.2' }, { version: '3.5.1', mode: 'COMPATIBLE_WITH_2X_PHASE1' }] as const;

/** What lies in a lease table. */
export type Items = readonly Record<string, AttributeValue>[];

/** One stream and one lease table, and workers of both kinds that share them. */
export interface SharedTable extends AsyncDisposable {
  readonly bench: KinesisBench;
  readonly stream: string;
  readonly shards: readonly string[];
  readonly kcls: readonly KclWorker[];
  readonly swaths: readonly SwathWorker[];
  /** Puts tiles of these ids into a shard. */
  append(shard: string, ids: readonly string[]): Promise<void>;
  kcl(settings: Pick<KclSettings, 'version' | 'mode' | 'limit'>): Promise<KclWorker>;
  swath(): SwathWorker;
  /** The table as it is; empty while there is none. */
  items(): Promise<Items>;
}

const failoverMs = 3_000;
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A tile as a record. */
export const descriptor = (id: string): string => JSON.stringify({ id, data_base64: png, contentType: 'image/png' });
/** Ids of the tiles that a worker of the library handled, in its order. */
export const idsOf = ({ texts }: KclWorker): string[] => texts.map((text) => (JSON.parse(text) as { id: string }).id);
/** Ids in the order of their numbers. */
export const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `t${String(from + i).padStart(4, '0')}`);

export const until = async (check: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await check())) await sleep(50);
};

/** How many of the leases that are read belong to each kind of worker. */
export const holders = (items: Items): Record<string, number> => {
  const owners = items
    .filter((item) => item['checkpoint'] !== undefined && item['checkpoint'].S !== 'SHARD_END')
    .map((item) => item['leaseOwner']?.S?.split('-')[0] ?? 'nobody');
  return Object.fromEntries([...Map.groupBy(owners, (owner) => owner)].map(([owner, all]) => [owner, all.length]));
};

export async function openSharedTable(
  services: { readonly kinesis: string; readonly dynamodb: string },
  shards: number,
): Promise<SharedTable> {
  const bench = connectKinesisBench(services);
  const dynamo = new DynamoDBClient({ ...localAws, endpoint: services.dynamodb });
  const kcls: KclWorker[] = [];
  const swaths: SwathWorker[] = [];
  const stream = `tiles-${randomUUID()}`;
  await bench.createStream(stream, shards);
  const common = { stream, table: stream, failoverMs, ...services };
  return {
    bench,
    stream,
    shards: await bench.shards(stream),
    kcls,
    swaths,
    append: (shard, ids) => bench.append(stream, shard, ids.map(descriptor)),
    async kcl(settings) {
      const worker = await startKcl({ ...common, worker: `kcl-${randomUUID()}`, ...settings }, process.env);
      kcls.push(worker);
      return worker;
    },
    swath() {
      const worker = startSwathWorker({ ...common, worker: `swath-${randomUUID()}` });
      swaths.push(worker);
      return worker;
    },
    async items() {
      const scan = new ScanCommand({ TableName: stream, ConsistentRead: true });
      const answer = await dynamo.send(scan).catch(() => undefined);
      return answer?.Items ?? [];
    },
    async [Symbol.asyncDispose]() {
      for (const swath of swaths) swath.abandon();
      for (const kcl of kcls) await kcl.kill();
      dynamo.destroy();
      await bench.close();
    },
  };
}
