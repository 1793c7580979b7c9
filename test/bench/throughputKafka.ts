import { finalize, lastValueFrom, tap } from 'rxjs';
import { toKafka } from '../../src/sinks/toKafka.ts';
import { fromKafka } from '../../src/sources/fromKafka.ts';
import type { Tile } from '../../src/tile/tile.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { forkBareLoop } from './forkBareLoop.ts';
import { collectGarbage, medianRate, type Rate } from './measure.ts';
import { Stopwatch } from './stopwatch.ts';

const records = 200_000;
const bytes = 1_000;
const partitions = 4;
const rounds = 3;
const batch = 500;

/** Topic to topic, source and sink alone, beside a loop with the same client that sends each batch it reads and then commits. */
export async function throughputKafka(): Promise<{ swath: Rate; bare: Rate; ratio: number }> {
  await using cluster = await startKafka({ heapMb: 1_024 });
  const { brokers } = cluster;
  await cluster.createTopic('in', { partitions });
  using loop = forkBareLoop();
  await loop.ask({ kind: 'fill', brokers, to: 'in', partitions, bytes, records, batch });
  const swath: Rate[] = [];
  const bare: Rate[] = [];
  for (let round = 0; round <= rounds; round++) {
    await cluster.createTopic(`swath-${round}`, { partitions });
    await cluster.createTopic(`bare-${round}`, { partitions });
    const measured = {
      bare: await loop.ask({ kind: 'copy', brokers, from: 'in', to: `bare-${round}`, records, batch }),
      swath: await pipeline(brokers, round),
    };
    if (round === 0) continue; // warms up both sides and the broker
    bare.push(measured.bare);
    swath.push(measured.swath);
  }
  const result = { swath: medianRate(swath), bare: medianRate(bare) };
  return { ...result, ratio: result.swath.recordsPerSecond / result.bare.recordsPerSecond };
}

async function pipeline(brokers: string[], round: number): Promise<Rate> {
  collectGarbage();
  const watch = new Stopwatch(records);
  const stop = new AbortController();
  void watch.done.then(() => stop.abort());
  const source = fromKafka({
    brokers,
    topic: 'in',
    groupId: `swath-${round}`,
    drain: stop.signal,
    maxInFlight: 4_000,
  });
  const sink = toKafka<Tile>({
    brokers,
    topic: `swath-${round}`,
    value: ({ payload }) => ('bytes' in payload ? payload.bytes : undefined),
  });
  const counted = source.pipe(
    tap(() => watch.read()),
    sink,
    tap(() => watch.wrote(1)),
    finalize(() => stop.abort()),
  );
  await lastValueFrom(counted, { defaultValue: undefined });
  return watch.done;
}
