import { lastValueFrom, tap } from 'rxjs';
import { inferAsync } from '../../src/operators/inferAsync.ts';
import { toWriter } from '../../src/sinks/toWriter.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import { memoryEndpoint } from '../../src/testing.ts';
import { emptyRecord, forgetfulWriter, syntheticLog } from './syntheticLog.ts';
import { usedBytes } from './usedBytes.ts';

const tiles = 1_000_000;
const payload = { bytes: new Uint8Array(2_000) };

/** What a run holds after so many tiles, in bytes. */
export interface MemoryUse {
  readonly rss10k: number;
  readonly rss100k: number;
  readonly rss1m: number;
  /** From 10,000 tiles to the end. */
  readonly ratio: number;
  readonly heap100k: number;
  readonly heap1m: number;
}

/** Resident memory and heap of one run over 1,000,000 tiles. */
export async function memory(): Promise<MemoryUse> {
  let done = 0;
  let rss10k = 0;
  let warm = { rss: 0, heapUsed: 0 };
  const drain = new AbortController().signal;
  const decode = ({ id }: { id: number }) => ({ id: String(id), payload, contentType: 'image/png' });
  const source = fromReader(syntheticLog(tiles), { drain, decode, maxInFlight: 400, commitIntervalMs: 1_000 });
  const stage = inferAsync({ endpoint: memoryEndpoint({ serviceMs: 2, forgetful: true }), concurrency: 200 });
  const count = tap(() => {
    done += 1;
    if (done === 10_000) rss10k = usedBytes().rss;
    if (done === 100_000) warm = usedBytes();
  });
  await lastValueFrom(source.pipe(stage, toWriter(forgetfulWriter(), { toRecord: () => emptyRecord }), count));
  const { rss: rss1m, heapUsed: heap1m } = usedBytes();
  return { rss10k, rss100k: warm.rss, rss1m, ratio: rss1m / rss10k, heap100k: warm.heapUsed, heap1m };
}
