import { randomUUID } from 'node:crypto';
import { dynamoLeaseStore } from '../../../src/aws/dynamoLeaseStore.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { checkStreams, type StreamVerdict } from '../checker/checkStreams.ts';
import { readStream } from '../checker/readStream.ts';
import { connectKinesisBench, localAws } from '../kinesisBench.ts';
import { openTilesRun, type TilesRun } from './openTilesRun.ts';
import { tilesOf } from './tilesOf.ts';

const shards = 2;
const perShard = 40;

/** Makes the streams of one test, with their tiles. */
export async function kinesisTilesRun(services: LocalServices): Promise<TilesRun> {
  const { AWS_ENDPOINT_URL_KINESIS: kinesis = '', AWS_ENDPOINT_URL_DYNAMODB: dynamodb = '' } = services.endpoints;
  const bench = connectKinesisBench({ kinesis, dynamodb });
  const names = { input: `in-${randomUUID()}`, output: `out-${randomUUID()}` };
  await bench.createStream(names.input, shards);
  await bench.createStream(names.output, 1);
  for (const [i, shard] of (await bench.shards(names.input)).entries())
    for (const { value } of tilesOf(i, perShard)) await bench.appendBytes(names.input, shard, value);
  const written = await readStream(bench.client, names.input);
  const last = new Map(written.map(({ shard, sequence }) => [shard, sequence])); // of each shard the last one stays
  const store = dynamoLeaseStore({ ...localAws, endpoint: dynamodb, table: names.input });
  const check = (): Promise<StreamVerdict> =>
    checkStreams({ client: bench.client, dynamodb, ...names, table: names.input });
  const run = await openTilesRun({
    fixture: 'kinesisTilesPipeline',
    tiles: shards * perShard,
    bad: 0,
    services,
    serviceMs: 20,
    settings: {
      'kinesis.leaseTable': names.input,
      'source.stream': names.input,
      'source.failoverMs': 20_000, // on a busy machine a lease must not be lost, which repeats tiles too
      'source.readIntervalMs': 200,
      'sink.stream': names.output,
    },
    check,
    nameOf: (position) => position.replace(/^shardId-0*(?=\d)/, ''),
    async free() {
      for (const lease of await store.list()) {
        const taken = await store.take(lease, 'nobody');
        if (taken !== undefined) await store.release(taken);
      }
    },
    async isDone() {
      const leases = await store.list().catch(() => []); // none before the table is made
      return leases.length === shards && leases.every(({ key, checkpoint }) => checkpoint === last.get(key));
    },
  });
  return {
    ...run,
    async [Symbol.asyncDispose]() {
      store.close();
      await bench.close();
      await run[Symbol.asyncDispose]();
    },
  };
}
