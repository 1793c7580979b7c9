import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { localAws } from '../kinesisBench.ts';

/** Where a run read and wrote. */
export interface CheckedStreams {
  readonly client: KinesisClient;
  readonly dynamodb: string;
  readonly input: string;
  readonly output: string;
  readonly table: string;
}

/** What became of the records of a stream. Positions are written `stream/shard/sequence`, as results name their origin. */
export interface StreamVerdict {
  readonly records: number;
  /** Input records that are not in the output. */
  readonly lost: readonly string[];
  /** Input records that are in the output more than once, each as often as it is there too often. */
  readonly repeated: readonly string[];
  /** Lost records up to the checkpoint of their shard: no restart would bring them again. */
  readonly overCommitted: readonly string[];
  /** Records of the output that name no record of the input. */
  readonly strangers: readonly string[];
  /** Records in the output that lie above the checkpoint of their shard; those of them that the map names are among them. */
  readonly uncommitted: readonly string[];
}

/**
 * Reads input, output and leases with plain SDK clients, and judges them.
 *
 * It knows the record formats and the lease table by their documentation, and uses nothing of the code it judges.
 */
export async function checkStreams({ client, dynamodb, input, output, table }: CheckedStreams): Promise<StreamVerdict> {
  const written = (await readStream(client, output)).map(({ data }) => originOf(data));
  const read = await readStream(client, input);
  const checkpoints = await readCheckpoints(dynamodb, table);
  const times = new Map(read.map(({ name }) => [name, 0]));
  const strangers: string[] = [];
  for (const name of written) {
    const before = times.get(name);
    if (before === undefined) strangers.push(name);
    else times.set(name, before + 1);
  }
  const isCommitted = ({ shard, sequence }: StreamRecord): boolean => {
    const checkpoint = checkpoints.get(shard) ?? 'TRIM_HORIZON';
    if (checkpoint === 'SHARD_END' || checkpoint === undefined) return true;
    return /^\d+$/.test(checkpoint) && BigInt(sequence) <= BigInt(checkpoint);
  };
  const isLost = ({ name }: StreamRecord): boolean => times.get(name) === 0;
  return {
    records: read.length,
    lost: read.filter(isLost).map(({ name }) => name),
    repeated: [...times].flatMap(([name, count]) => Array.from({ length: Math.max(0, count - 1) }, () => name)),
    overCommitted: read.filter((record) => isLost(record) && isCommitted(record)).map(({ name }) => name),
    strangers,
    uncommitted: read.filter((record) => !isLost(record) && !isCommitted(record)).map(({ name }) => name),
  };
}

interface StreamRecord {
  readonly shard: string;
  readonly sequence: string;
  readonly name: string;
  readonly data: string;
}

async function readStream(client: KinesisClient, stream: string): Promise<StreamRecord[]> {
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: stream }));
  const found: StreamRecord[] = [];
  for (const { ShardId: shard = '' } of Shards) {
    const open = { StreamName: stream, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let { ShardIterator: iterator } = await client.send(new GetShardIteratorCommand(open));
    while (iterator !== undefined) {
      const answer = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      const { Records = [], MillisBehindLatest = 0 } = answer;
      for (const { SequenceNumber: sequence = '', Data } of Records)
        found.push({
          shard,
          sequence,
          name: `${stream}/${shard}/${sequence}`,
          data: Buffer.from(Data ?? []).toString(),
        });
      iterator = Records.length === 0 && MillisBehindLatest === 0 ? undefined : answer.NextShardIterator;
    }
  }
  return found;
}

/** The origin that a result names, if it is an event of the right kind. */
function originOf(data: string): string {
  const event = JSON.parse(data) as Readonly<Record<string, unknown>>;
  const { specversion, type, subject } = {
    specversion: event['specversion'],
    type: event['type'],
    subject: event['subject'],
  };
  return specversion === '1.0' && type === 'swath.tile.result' ? String(subject) : `no result: ${data.slice(0, 100)}`;
}

async function readCheckpoints(endpoint: string, table: string): Promise<Map<string, string>> {
  const client = new DynamoDBClient({ ...localAws, endpoint });
  try {
    const answer = await client
      .send(new ScanCommand({ TableName: table, ConsistentRead: true }))
      .catch(() => undefined);
    return new Map((answer?.Items ?? []).map((item) => [item['leaseKey']?.S ?? '', item['checkpoint']?.S ?? '']));
  } finally {
    client.destroy();
  }
}
