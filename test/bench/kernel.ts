import pMap from 'p-map';
import { from, lastValueFrom, mergeMap } from 'rxjs';
import { mapTile } from '../../src/operators/mapTile.ts';
import { toWriter } from '../../src/sinks/toWriter.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import { CommitWindow } from '../../src/tile/commitWindow.ts';
import { collectGarbage, type Measured, measure, serve, timerMs } from './measure.ts';
import { emptyRecord, forgetfulWriter, syntheticLog } from './syntheticLog.ts';

const concurrency = 1_000;
const serviceMs = 20;
const tiles = 300_000;

/** What {@link kernel} finds. */
export interface KernelResult {
  readonly swath: Measured;
  readonly peers: Readonly<Record<string, Measured>>;
  /** Nanoseconds to finish a record, by how many are in the window. */
  readonly finishNanos: Readonly<Record<string, number>>;
}

/** Reader → `mapTile` under a cap → writer, all in memory: what the delivery guarantee costs beside loops without it. */
export async function kernel(): Promise<KernelResult> {
  const ideal = concurrency / ((await timerMs(serviceMs)) / 1000);
  const swath = await measure(tiles, ideal, () => {
    const drain = new AbortController().signal;
    const source = fromReader(syntheticLog(tiles), { drain, maxInFlight: 2 * concurrency, commitIntervalMs: 1_000 });
    const work = mapTile('work', () => serve(serviceMs), { concurrency });
    return lastValueFrom(source.pipe(work, toWriter(forgetfulWriter(), { toRecord: () => emptyRecord })));
  });
  const ids = Array.from({ length: tiles }, (_, i) => i);
  const writer = forgetfulWriter();
  const loop = await measure(tiles, ideal, () =>
    pMap(ids, async () => writer.write((await serve(serviceMs)) && emptyRecord), { concurrency }),
  );
  const textbook = await measure(tiles, ideal, () => {
    const work = mergeMap(() => serve(serviceMs), concurrency);
    return lastValueFrom(
      from(ids).pipe(
        work,
        mergeMap(() => writer.write(emptyRecord)),
      ),
      { defaultValue: undefined },
    );
  });
  return { swath, peers: { 'p-map': loop, 'rxjs mergeMap': textbook }, finishNanos: finishNanos() };
}

/** Finishing a record costs the same whatever the size of the window: the median of nine rounds for each size. */
function finishNanos(): Record<string, number> {
  const nanos: Record<string, number> = {};
  for (const size of [100, 1_000, 18_000]) {
    const order = Array.from({ length: size }, (_, i) => (i * 7_919) % size);
    const rounds = Array.from({ length: 9 }, () => {
      const repeats = Math.ceil(200_000 / size);
      let spent = 0;
      collectGarbage();
      for (let round = 0; round < repeats; round++) {
        const window = new CommitWindow();
        for (let slot = 0; slot < size; slot++) window.open(slot, 'position');
        const startedMs = performance.now();
        for (const slot of order) window.finish(slot);
        spent += performance.now() - startedMs;
      }
      return (spent * 1e6) / (repeats * size);
    });
    nanos[size] = rounds.sort((a, b) => a - b)[4] ?? 0;
  }
  return nanos;
}
