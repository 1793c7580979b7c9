import { lastValueFrom, tap } from 'rxjs';
import { toKafka } from '../../src/sinks/toKafka.ts';
import { fromKafka } from '../../src/sources/fromKafka.ts';
import type { Tile } from '../../src/tile/tile.ts';
import { startKafka } from '../support/kafka/startKafka.ts';
import { forkBareLoop } from './forkBareLoop.ts';
import { usedBytes } from './usedBytes.ts';

const records = 1_000_000;
const bytes = 500;
const partitions = 4;

/** What a process holds while it works off a backlog, in bytes. */
export interface BacklogUse {
  readonly rss100k: number;
  readonly rss1m: number;
  readonly heap100k: number;
  readonly heap1m: number;
  /** The most that was in flight at any moment. */
  readonly mostInFlight: number;
}

/** Resident memory and heap of a source and a sink on a real Kafka, whose input held 1,000,000 records when it began. */
export async function backlog(): Promise<BacklogUse> {
  await using cluster = await startKafka({ heapMb: 1_024 });
  const { brokers } = cluster;
  await cluster.createTopic('in', { partitions });
  await cluster.createTopic('out', { partitions });
  {
    using loop = forkBareLoop();
    await loop.ask({ kind: 'fill', brokers, to: 'in', partitions, bytes, records, batch: 1_000 });
  }
  const stop = new AbortController();
  const value = ({ payload }: Tile): Uint8Array | undefined => ('bytes' in payload ? payload.bytes : undefined);
  let read = 0;
  let written = 0;
  let mostInFlight = 0;
  let warm = { rss: 0, heapUsed: 0 };
  const came = (): void => {
    read += 1;
    mostInFlight = Math.max(mostInFlight, read - written);
  };
  const went = (): void => {
    written += 1;
    if (written === 100_000) warm = usedBytes();
    if (written === records) stop.abort();
  };
  const source = fromKafka({ brokers, topic: 'in', groupId: 'backlog', drain: stop.signal });
  const all = source.pipe(tap(came), toKafka<Tile>({ brokers, topic: 'out', value }), tap(went));
  await lastValueFrom(all, { defaultValue: undefined });
  const { rss: rss1m, heapUsed: heap1m } = usedBytes();
  return { rss100k: warm.rss, rss1m, heap100k: warm.heapUsed, heap1m, mostInFlight };
}
