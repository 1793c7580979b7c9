import { afterEach, describe, expect, it } from 'vitest';
import { WorkerPool } from '../../../model/workerPool.ts';

const pools: WorkerPool[] = [];
const pool = (options: Partial<ConstructorParameters<typeof WorkerPool>[0]> = {}): WorkerPool => {
  const script = new URL('./obedientWorker.ts', import.meta.url);
  const made = new WorkerPool({ script, size: 1, maxWaiting: 10, timeoutMs: 60_000, heapMiB: 64, ...options });
  pools.push(made);
  return made;
};
const tell = (to: WorkerPool, order: string, value?: unknown) =>
  to.run<{ value: unknown; threadId: number }>(async () => ({ order, value }));

afterEach(async () => {
  await Promise.all(pools.splice(0).map((each) => each.close()));
});

describe('WorkerPool', () => {
  it('answers each job, and keeps its worker', async () => {
    const one = pool();
    await one.warmUp();
    const answers = [await tell(one, 'echo', 'a'), await tell(one, 'echo', 'b')];
    expect(answers.map(({ value }) => value)).toEqual(['a', 'b']);
    expect(answers[0]?.threadId).toBe(answers[1]?.threadId);
  });

  it.each([
    ['ends', 'exit', 'the worker ended with code 7 before it answered'],
    ['throws', 'throw', 'thrown in the worker'],
    ['runs out of memory', 'fill', /memory limit/],
  ])('fails the one job whose worker %s, and takes a new one for the next', async (_, order, message) => {
    const one = pool();
    const before = await tell(one, 'echo', 1);
    await expect(tell(one, order)).rejects.toThrow(message);
    const after = await tell(one, 'echo', 2);
    expect(after.value).toBe(2);
    expect(after.threadId).not.toBe(before.threadId);
  });

  it('ends a worker that takes too long', async () => {
    const one = pool({ timeoutMs: 50 });
    await expect(tell(one, 'hang')).rejects.toThrow('inference took longer than 50 ms');
    expect(await tell(pool(), 'echo', 3)).toMatchObject({ value: 3 });
  });

  it('hands on the stack of what was thrown', async () => {
    await expect(tell(pool(), 'throw')).rejects.toMatchObject({ stack: expect.stringContaining('obedientWorker.ts') });
  });

  it('runs no more jobs at a time than it has workers, first come first served', async () => {
    const two = pool({ size: 2 });
    let running = 0;
    let most = 0;
    const started: number[] = [];
    const jobs = Array.from({ length: 8 }, (_, i) =>
      two
        .run(async () => {
          started.push(i);
          running += 1;
          most = Math.max(most, running);
          return { order: 'wait', value: i };
        })
        .finally(() => {
          running -= 1;
        }),
    );
    await Promise.all(jobs);
    expect(most).toBe(2);
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('refuses what would wait behind too many', async () => {
    const one = pool({ maxWaiting: 1 });
    const [running, waiting] = [tell(one, 'wait', 1), tell(one, 'wait', 2)];
    await expect(tell(one, 'echo')).rejects.toMatchObject({
      status: 503,
      message: 'The model is busy: 1 requests wait already',
    });
    expect([await running, await waiting]).toMatchObject([{ value: 1 }, { value: 2 }]);
  });

  it('drops a waiting job that nobody wants any more, and goes on', async () => {
    const one = pool();
    const gone = new AbortController();
    const running = tell(one, 'wait', 1);
    const dropped = one.run(async () => ({ order: 'exit' }), gone.signal);
    gone.abort(new Error('gone'));
    await expect(dropped).rejects.toThrow('gone');
    expect(await running).toMatchObject({ value: 1 });
    expect(await tell(one, 'echo', 2)).toMatchObject({ value: 2 });
  });

  it('frees its place when a job cannot be prepared', async () => {
    const one = pool();
    await expect(one.run(() => Promise.reject(new Error('not an image')))).rejects.toThrow('not an image');
    expect(await tell(one, 'echo', 1)).toMatchObject({ value: 1 });
  });

  it('refuses jobs once it is closed, those that wait included', async () => {
    const one = pool();
    await one.warmUp();
    const [running, waiting] = [tell(one, 'hang'), tell(one, 'echo')];
    const ends = Promise.allSettled([running, waiting]);
    await one.close();
    expect(await ends).toMatchObject([{ status: 'rejected' }, { status: 'rejected', reason: { status: 503 } }]);
    await expect(tell(one, 'echo')).rejects.toMatchObject({ status: 503, message: 'The model is stopping' });
  });

  it('says so when its workers do not start', async () => {
    const broken = pool({ script: new URL('./none.ts', import.meta.url) });
    await expect(broken.warmUp()).rejects.toThrow(/none\.ts/);
  });
});
