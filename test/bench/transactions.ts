import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { finalize, lastValueFrom, tap } from 'rxjs';
import { kafkaTransactions } from '../../src/kafka/transactions/kafkaTransactions.ts';
import { toKafka } from '../../src/sinks/toKafka.ts';
import { fromKafka } from '../../src/sources/fromKafka.ts';
import type { Tile } from '../../src/tile/tile.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { collectGarbage, type Rate } from './measure.ts';
import { Stopwatch } from './stopwatch.ts';

/** What a way of writing costs. */
export interface WriteCost extends Rate {
  /** From the record in the input topic to the durable (or committed) result, at 500 records a second. */
  readonly latencyMs: { readonly p50: number; readonly p95: number };
}

const records = 40_000;
const bytes = 1_000;
const partitions = 4;
const batch = 500;
const pacedRecords = 2_500;
const pacedEveryMs = 20;
const pacedBatch = 10;
const rounds = 3;

/** Topic to topic with 4 partitions each: at least once beside exactly once, in turn, on one broker; medians of three rounds. */
export async function transactions(): Promise<{ plain: WriteCost; transactional: WriteCost }> {
  await using cluster = await startKafka({ heapMb: 1_024 });
  const { brokers } = cluster;
  const producer = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).producer();
  await producer.connect();
  const append = (topic: string, partition: number, count: number): Promise<unknown> => {
    const value = Buffer.alloc(bytes);
    value.writeDoubleBE(Date.now());
    return producer.send({ topic, messages: Array.from({ length: count }, () => ({ value, partition })) });
  };
  await cluster.createTopic('in', { partitions });
  for (let at = 0; at < records / batch; at++) await append('in', at % partitions, batch);
  const found: Record<'plain' | 'transactional', WriteCost[]> = { plain: [], transactional: [] };
  for (let round = 0; round <= rounds; round++) {
    for (const way of ['plain', 'transactional'] as const) {
      const name = `${way}-${round}`;
      await cluster.createTopic(name, { partitions });
      await cluster.createTopic(`${name}-in`, { partitions });
      const rate = await copy({ brokers, from: 'in', to: name, count: records, way });
      const latencies: number[] = [];
      const paced = copy({ brokers, from: `${name}-in`, to: name, count: pacedRecords, way, latencies });
      for (let sent = 0; sent < pacedRecords; sent += pacedBatch) {
        await append(`${name}-in`, (sent / pacedBatch) % partitions, pacedBatch);
        await sleep(pacedEveryMs);
      }
      await paced;
      const sorted = latencies.slice(pacedRecords / 5).toSorted((a, b) => a - b); // without the start
      const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
      if (round > 0) found[way].push({ ...rate, latencyMs: { p50: at(0.5), p95: at(0.95) } });
    }
  }
  await producer.disconnect();
  return { plain: median(found.plain), transactional: median(found.transactional) };
}

interface Copying {
  readonly brokers: string[];
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly way: 'plain' | 'transactional';
  readonly latencies?: number[];
}

async function copy({ brokers, from, to, count, way, latencies }: Copying): Promise<Rate> {
  collectGarbage();
  const watch = new Stopwatch(count);
  const stop = new AbortController();
  void watch.done.then(() => stop.abort());
  const shared = way === 'transactional' ? kafkaTransactions({ brokers }) : undefined;
  const source = { brokers, topic: from, groupId: `${to}-${from}`, drain: stop.signal, maxInFlight: 4_000 };
  const bytesOf = ({ payload }: Tile): Uint8Array => ('bytes' in payload ? payload.bytes : new Uint8Array(8));
  const copied = fromKafka({ ...source, transactions: shared }).pipe(
    tap(() => watch.read()),
    toKafka<Tile>({ brokers, topic: to, value: bytesOf, transactions: shared }),
    tap(({ tile }) => {
      latencies?.push(Date.now() - Buffer.from(bytesOf(tile)).readDoubleBE());
      watch.wrote(1);
    }),
    finalize(() => stop.abort()),
  );
  await lastValueFrom(copied, { defaultValue: undefined });
  return watch.done;
}

function median(costs: readonly WriteCost[]): WriteCost {
  const middle = (of: (cost: WriteCost) => number): number =>
    costs.map(of).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? 0;
  return {
    recordsPerSecond: middle((cost) => cost.recordsPerSecond),
    cpuMicrosPerRecord: middle((cost) => cost.cpuMicrosPerRecord),
    latencyMs: { p50: middle((cost) => cost.latencyMs.p50), p95: middle((cost) => cost.latencyMs.p95) },
  };
}
