import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import { finalize, lastValueFrom, tap } from 'rxjs';
import { dynamoLeaseStore } from '../../src/aws/dynamoLeaseStore.ts';
import { toKinesis } from '../../src/sinks/toKinesis.ts';
import { fromKinesis } from '../../src/sources/fromKinesis.ts';
import type { Tile } from '../../src/tile/tile.ts';
import { childLines } from '../support/childLines.ts';
import { connectKinesisBench, type KinesisBench, localAws } from '../support/kinesisBench.ts';
import { bareKinesisLoop } from './bareKinesisLoop.ts';
import { collectGarbage, medianRate, type Rate } from './measure.ts';
import { Stopwatch } from './stopwatch.ts';

const records = 30_000;
const bytes = 1_000;
const shards = 4;
const rounds = 3;
/** What a model answers is JSON, which travels as it is; other bytes would grow by a third. */
const answer = Buffer.from(JSON.stringify({ features: 'f'.repeat(bytes - 15) }));

/** Stream to stream, source and sink alone, beside a loop with the same client that writes each batch it reads. */
export async function throughputKinesis(): Promise<{ swath: Rate; bare: Rate; ratio: number }> {
  await using server = childLines(process.execPath, [fileURLToPath(new URL('kinesisProcess.ts', import.meta.url))]);
  await server.until((lines) => lines.length > 0);
  const endpoints = JSON.parse(server.lines[0] ?? '{}') as Record<string, string>;
  const bench = connectKinesisBench({
    kinesis: endpoints['AWS_ENDPOINT_URL_KINESIS'] ?? '',
    dynamodb: endpoints['AWS_ENDPOINT_URL_DYNAMODB'] ?? '',
  });
  await bench.createStream('in', shards);
  await fill(bench, 'in');
  const swath: Rate[] = [];
  const bare: Rate[] = [];
  for (let round = 0; round <= rounds; round++) {
    const measured = { bare: await loop(bench, `bare-${round}`), swath: await pipeline(bench, `swath-${round}`) };
    if (round === 0) continue; // warms up both sides and the stand-in
    bare.push(measured.bare);
    swath.push(measured.swath);
  }
  await bench.close();
  const result = { swath: medianRate(swath), bare: medianRate(bare) };
  return { ...result, ratio: result.swath.recordsPerSecond / result.bare.recordsPerSecond };
}

async function fill({ client }: KinesisBench, stream: string): Promise<void> {
  for (let from = 0; from < records; from += 500) {
    const Records = Array.from({ length: 500 }, (_, i) => ({
      PartitionKey: randomUUID(),
      Data: Buffer.alloc(bytes, from + i),
    }));
    await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
  }
}

async function loop(bench: KinesisBench, to: string): Promise<Rate> {
  await bench.createStream(to, shards);
  collectGarbage();
  const rate = await bareKinesisLoop({
    client: bench.client,
    from: 'in',
    to,
    shards: await bench.shards('in'),
    records,
  });
  await bench.deleteStream(to);
  return rate;
}

async function pipeline(bench: KinesisBench, to: string): Promise<Rate> {
  await bench.createStream(to, shards);
  collectGarbage();
  const watch = new Stopwatch(records);
  const stop = new AbortController();
  void watch.done.then(() => stop.abort());
  const region = 'us-east-1';
  const aws = { ...localAws, endpoint: bench.kinesis };
  const store = dynamoLeaseStore({ ...localAws, endpoint: bench.dynamodb, table: to });
  const source = fromKinesis({
    stream: 'in',
    leaseTable: to,
    region,
    readIntervalMs: 200,
    drain: stop.signal,
    maxInFlight: 4_000,
    aws: { ...aws, store },
  });
  const sink = toKinesis<Tile>({
    stream: to,
    region,
    aws,
    value: () => answer,
    contentType: () => 'application/json',
  });
  const counted = source.pipe(
    tap(() => watch.read()),
    sink,
    tap(() => watch.wrote(1)),
    finalize(() => stop.abort()),
  );
  await lastValueFrom(counted, { defaultValue: undefined });
  await bench.deleteStream(to);
  return watch.done;
}
