import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { localAws } from '../kinesisBench.ts';
import type { Arrival, InputRecord } from './deliveryFacts.ts';
import { judgeDelivery } from './judgeDelivery.ts';
import { readStream, type ShardRecord } from './readStream.ts';
import type { Verdict } from './verdict.ts';

/** Where a run read and wrote. */
export interface CheckedStreams {
  readonly client: KinesisClient;
  readonly dynamodb: string;
  readonly input: string;
  readonly output: string;
  readonly table: string;
}

/** What became of the records of a stream; a position is written `shard/sequence`, with the number of the shard. */
export interface StreamVerdict extends Verdict {
  /** Positions in the output above the checkpoint of their shard; those that the map names are among them. */
  readonly uncommitted: readonly string[];
  /** Like `inversions`, over all shards: a key moves to another shard when its shard is split or merged. */
  readonly keyInversions: readonly string[];
}

/** Above every sequence number: a shard that is finished. */
const end = 10n ** 60n;

/**
 * Reads input, output and leases with plain SDK clients, and judges them.
 *
 * It knows the record formats and the lease table by their documentation, and uses nothing of the code it judges.
 */
export async function checkStreams({ client, dynamodb, input, output, table }: CheckedStreams): Promise<StreamVerdict> {
  const arrivals = (await readStream(client, output)).map((record) => ({
    ...placed(output, record),
    origin: originOf(record),
  }));
  const records = (await readStream(client, input)).map((record) => ({ ...placed(input, record), key: record.key }));
  const committed = await readCheckpoints(dynamodb, table);
  const verdict = judgeDelivery({ topic: input, input: records, arrivals, committed });
  const written = new Set(arrivals.map(({ origin }) => origin));
  const uncommitted = records
    .filter(
      ({ partition, offset }) =>
        written.has(`${input}/${partition}/${offset}`) && offset >= (committed.get(partition) ?? 0n),
    )
    .map(({ partition, offset }) => `${partition}/${offset}`);
  return { ...verdict, uncommitted, keyInversions: keyInversionsOf(input, records, arrivals) };
}

/** Sequence numbers begin with the time, so that those of a shard's children are larger than its own. */
function keyInversionsOf(
  input: string,
  records: readonly (InputRecord & { readonly key: string })[],
  arrivals: readonly Arrival[],
): string[] {
  const byOrigin = new Map(records.map((record) => [`${input}/${record.partition}/${record.offset}`, record]));
  const first = new Set(arrivals.flatMap(({ origin }) => byOrigin.get(origin ?? '') ?? []));
  const highest = new Map<string, bigint>();
  const inverted: string[] = [];
  for (const { partition, offset, key } of first) {
    if (offset < (highest.get(key) ?? -1n)) inverted.push(`${partition}/${offset}`);
    else highest.set(key, offset);
  }
  return inverted;
}

function placed(topic: string, { shard, sequence }: ShardRecord): { topic: string; partition: number; offset: bigint } {
  return { topic, partition: numberOf(shard), offset: BigInt(sequence) };
}

function numberOf(shard: string): number {
  return Number(/^shardId-(\d+)$/.exec(shard)?.[1] ?? Number.NaN);
}

/** The origin that a result names, if it is an event of the right kind. */
function originOf({ text }: ShardRecord): string | undefined {
  const event = JSON.parse(text) as {
    readonly specversion?: string;
    readonly type?: string;
    readonly subject?: string;
  };
  const { specversion, type, subject } = event;
  if (specversion !== '1.0' || type !== 'swath.tile.result' || subject === undefined) return undefined;
  const [stream, shard = '', sequence] = subject.split('/');
  return `${stream}/${numberOf(shard)}/${sequence}`;
}

/** The first sequence number that is not committed, by shard. */
async function readCheckpoints(endpoint: string, table: string): Promise<Map<number, bigint>> {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  try {
    const scan = new ScanCommand({ TableName: table, ConsistentRead: true });
    const { Items = [] } = await client.send(scan).catch(() => ({ Items: [] }));
    return new Map(
      Items.map(({ leaseKey, checkpoint }) => {
        const said = checkpoint?.S ?? '';
        const next = /^\d+$/.test(said) ? BigInt(said) + 1n : said === 'SHARD_END' ? end : 0n;
        return [numberOf(leaseKey?.S ?? ''), next] as const;
      }),
    );
  } finally {
    client.destroy();
  }
}
