import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import kinesisInfer from '../../../pipelines/kinesis-infer.ts';
import { kinesisWriter } from '../../../src/aws/kinesisWriter.ts';
import { readWholeStream } from '../../../src/aws/readWholeStream.ts';
import { useLocalAws } from '../../../src/cli/demo/useLocalAws.ts';
import type { LocalServices } from '../../../src/local/localServices.ts';
import { constantModel } from '../../../src/local/sagemaker/constantModel.ts';
import { startLocalServices } from '../../../src/local/startLocalServices.ts';
import { runPipeline } from '../../../src/pipeline/runPipeline.ts';
import type { RunProgress } from '../../../src/telemetry/runProgress.ts';

let services: LocalServices;
let aws: Disposable;
beforeAll(async () => {
  const streams = ['passing', 'lasting', 'drained', 'late'].flatMap((name) => [name, `${name}.out`, `${name}.dead`]);
  services = await startLocalServices({
    buckets: ['in', 'out'],
    streams: Object.fromEntries(streams.map((name) => [name, 1])),
    endpoints: ['passing', 'lasting', 'drained', 'late'].map((name) => ({
      name,
      model: constantModel({ serviceMs: 1 }),
      outputPath: `s3://out/${name}/`,
    })),
  });
  aws = useLocalAws(services.endpoints);
});
afterAll(async () => {
  aws[Symbol.dispose]();
  await services.close();
});

const publish = async (stream: string, ids: readonly string[]): Promise<void> => {
  const writer = kinesisWriter({ stream });
  const tile = (id: string) => JSON.stringify({ id, data_base64: 'AAAA', contentType: 'text/plain' });
  await Promise.all(
    ids.map((id) => writer.write({ key: Buffer.from(randomUUID()), value: Buffer.from(tile(id)), headers: [] })),
  );
  await writer.close();
};
const eventsOf = async (stream: string): Promise<Record<string, unknown>[]> =>
  (await readWholeStream(stream)).map(({ value }) => JSON.parse(Buffer.from(value).toString()));

/** Runs the pipeline until `done` says so, then drains it. */
async function run(
  name: string,
  redelivery: { maxAttempts: number; backoff?: { initialMs: number; maxMs: number } },
  done: (progress: RunProgress) => boolean,
  drainMs = 20_000,
) {
  const stop = new AbortController();
  const report = await runPipeline(kinesisInfer, {
    config: {
      kinesis: { leaseTable: name },
      source: { stream: name },
      // A job that is lost misses this deadline: a failure that may pass.
      endpoint: { name, inputBucket: 'in', outputBucket: 'out', outputPrefix: `${name}/`, deadlineMs: 700 },
      sink: { stream: `${name}.out` },
      deadLetter: { stream: `${name}.dead` },
      redelivery,
      drainMs,
    },
    drain: stop.signal,
    onStart: async (progress) => {
      while (!done(progress)) await sleep(10);
      stop.abort();
    },
  });
  return { ...report.progress, reason: report.reason };
}

const lose = (name: string, share: number): void => services.sagemaker.faults.set({ invoke: { lose: share } }, name);

describe('a tile whose failure may pass', () => {
  it('is delivered again, and leaves as if nothing had been', async () => {
    lose('passing', 1);
    await publish('passing', ['a', 'b', 'c']);
    const tiles = await run('passing', { maxAttempts: 20, backoff: { initialMs: 10, maxMs: 20 } }, (progress) => {
      if (progress.redelivered >= 3) lose('passing', 0);
      return progress.acked === 3;
    });
    expect(tiles).toMatchObject({ read: 3, acked: 3, deadLettered: 0, inFlight: 0 });
    expect(tiles.redelivered).toBeGreaterThanOrEqual(3);
    expect((await eventsOf('passing.out')).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
    expect(await eventsOf('passing.dead')).toEqual([]);
  });

  it('goes to the dead letter after as many deliveries as the configuration says, which tells how many', async () => {
    lose('lasting', 1);
    await publish('lasting', ['a', 'b']);
    const tiles = await run('lasting', { maxAttempts: 3, backoff: { initialMs: 10, maxMs: 20 } }, (progress) => {
      return progress.deadLettered === 2;
    });
    expect(tiles).toMatchObject({ read: 2, acked: 0, deadLettered: 2, redelivered: 4, inFlight: 0 });
    const dead = await eventsOf('lasting.dead');
    expect(dead).toHaveLength(2);
    for (const event of dead) expect(JSON.stringify(event)).toContain('POLL_DEADLINE');
    expect(dead.map((event) => Number(event['swathdeadattempts']))).toEqual([3, 3]);
    expect(await eventsOf('lasting.out')).toEqual([]);
  });

  it('is waited for by a drain while it waits for its next delivery', async () => {
    lose('drained', 1);
    await publish('drained', ['a']);
    const failed = (progress: RunProgress): boolean => {
      if (progress.redelivered === 0) return false;
      lose('drained', 0);
      return true;
    };
    const tiles = await run('drained', { maxAttempts: 20, backoff: { initialMs: 1_500, maxMs: 1_500 } }, failed);
    expect(tiles).toMatchObject({ read: 1, acked: 1, deadLettered: 0, inFlight: 0 });
    expect((await eventsOf('drained.out')).map(({ id }) => id)).toEqual(['a']);
  });

  it('comes again in the next run when the drain gives up before its next delivery', async () => {
    lose('late', 1);
    await publish('late', ['a', 'b']);
    const slow = { maxAttempts: 20, backoff: { initialMs: 1_000, maxMs: 60_000 } };
    const waits = await run('late', slow, ({ redelivered }) => redelivered === 2, 300);
    expect(waits).toMatchObject({ reason: 'deadline', read: 2, acked: 0, deadLettered: 0 });
    lose('late', 0);
    // Jobs that were lost are waited for until their deadline, and fail once more.
    const soon = { maxAttempts: 20, backoff: { initialMs: 10, maxMs: 20 } };
    expect(await run('late', soon, ({ acked }) => acked === 2)).toMatchObject({ reason: 'drained', read: 2, acked: 2 });
    expect((await eventsOf('late.out')).map(({ id }) => id).sort()).toEqual(['a', 'b']);
    expect(await eventsOf('late.dead')).toEqual([]);
  });
});
