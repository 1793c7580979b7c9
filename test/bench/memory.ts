import { lastValueFrom, tap } from 'rxjs';
import { inferAsync } from '../../src/operators/inferAsync.ts';
import { toWriter } from '../../src/sinks/toWriter.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import { memoryEndpoint } from '../../src/testing.ts';
import { collectGarbage } from './measure.ts';
import { emptyRecord, forgetfulWriter, syntheticLog } from './syntheticLog.ts';

const tiles = 1_000_000;
const payload = { bytes: new Uint8Array(2_000) };

/** Resident memory after 10,000 and after 1,000,000 tiles of one run, in bytes. */
export async function memory(): Promise<{ rss10k: number; rss1m: number; ratio: number }> {
  let done = 0;
  let rss10k = 0;
  const drain = new AbortController().signal;
  const decode = ({ id }: { id: number }) => ({ id: String(id), payload, contentType: 'image/png' });
  const source = fromReader(syntheticLog(tiles), { drain, decode, maxInFlight: 400, commitIntervalMs: 1_000 });
  const stage = inferAsync({ endpoint: memoryEndpoint({ serviceMs: 2, forgetful: true }), concurrency: 200 });
  const count = tap(() => {
    done += 1;
    if (done === 10_000) rss10k = residentBytes();
  });
  await lastValueFrom(source.pipe(stage, toWriter(forgetfulWriter(), { toRecord: () => emptyRecord }), count));
  const rss1m = residentBytes();
  return { rss10k, rss1m, ratio: rss1m / rss10k };
}

function residentBytes(): number {
  collectGarbage();
  return process.memoryUsage.rss();
}
