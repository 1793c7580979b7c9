import pMap from 'p-map';
import { EMPTY, expand, from, lastValueFrom, mergeMap, switchMap, takeWhile, timer } from 'rxjs';
import { inferAsync } from '../../src/operators/inferAsync.ts';
import type { PollSchedule } from '../../src/operators/pollSchedule.ts';
import { toWriter } from '../../src/sinks/toWriter.ts';
import { fromReader } from '../../src/sources/fromReader.ts';
import { memoryEndpoint } from '../../src/testing.ts';
import { type Measured, measure, timerMs } from './measure.ts';
import { emptyRecord, forgetfulWriter, syntheticLog } from './syntheticLog.ts';

const concurrency = 1_000;
const lookMs = 10;
const tiles = 150_000;
const contentType = 'image/png';
const payload = { bytes: new Uint8Array(2_000) };

/** Two looks per tile: half way, when there is nothing, and when the result is there. */
const twoLooks: PollSchedule = {
  plan: () => ({
    firstMs: lookMs,
    nextMs: (sinceMs) => sinceMs + lookMs,
    looksForFailure: () => false,
    found: () => undefined,
  }),
};

/** Reader → `inferAsync` with two looks → writer, all in memory, beside loops that do the same calls without a guarantee. */
export async function infer(): Promise<{ swath: Measured; peers: Record<string, Measured> }> {
  const ideal = concurrency / ((2 * (await timerMs(lookMs))) / 1000);
  const endpointOf = () => memoryEndpoint({ serviceMs: 1.5 * lookMs, forgetful: true });
  const swath = await measure(tiles, ideal, () => {
    const drain = new AbortController().signal;
    const decode = ({ id }: { id: number }) => ({ id: String(id), payload, contentType });
    const source = fromReader(syntheticLog(tiles), {
      drain,
      decode,
      maxInFlight: 2 * concurrency,
      commitIntervalMs: 1_000,
    });
    const stage = inferAsync({ endpoint: endpointOf(), concurrency, schedule: twoLooks });
    return lastValueFrom(source.pipe(stage, toWriter(forgetfulWriter(), { toRecord: () => emptyRecord })));
  });

  const ids = Array.from({ length: tiles }, (_, i) => i);
  const writer = forgetfulWriter();
  const invoke = (endpoint: ReturnType<typeof endpointOf>, id: number) =>
    endpoint.invoke({ name: String(id), input: payload, contentType, remainingMs: 900_000 });
  const loop = await measure(tiles, ideal, () => {
    const endpoint = endpointOf();
    const one = async (id: number): Promise<void> => {
      const { outputUri } = await invoke(endpoint, id);
      do await new Promise((resolve) => setTimeout(resolve, lookMs));
      while ((await endpoint.store.get(outputUri)) === undefined);
      await writer.write(emptyRecord);
    };
    return pMap(ids, one, { concurrency });
  });
  const textbook = await measure(tiles, ideal, () => {
    const endpoint = endpointOf();
    const one = (id: number) =>
      from(invoke(endpoint, id)).pipe(
        switchMap(({ outputUri }) => {
          const look = () => timer(lookMs).pipe(switchMap(() => endpoint.store.get(outputUri)));
          return look().pipe(
            expand((object) => (object === undefined ? look() : EMPTY)),
            takeWhile((object) => object === undefined, true),
          );
        }),
      );
    return lastValueFrom(
      from(ids).pipe(
        mergeMap(one, concurrency),
        mergeMap(async (object) => object && writer.write(emptyRecord)),
      ),
      { defaultValue: undefined },
    );
  });
  return { swath, peers: { 'p-map': loop, 'rxjs mergeMap + expand': textbook } };
}
