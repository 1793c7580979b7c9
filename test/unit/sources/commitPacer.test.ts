import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CommitPacer } from '../../../src/sources/commitPacer.ts';

const unexpected = (error: unknown): never => {
  throw error;
};

describe('CommitPacer', () => {
  it('runs one commit at a time; requests that come meanwhile are served by the next', async () => {
    let running = 0;
    let most = 0;
    let commits = 0;
    const commit = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await sleep(2);
      running -= 1;
      commits += 1;
    };
    const pacer = new CommitPacer({ commit, intervalMs: 0, fail: unexpected });
    for (let i = 0; i < 20; i++) {
      pacer.request();
      await sleep(1);
    }
    await pacer.stop();
    expect(most).toBe(1);
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThan(20);
  });

  it('waits for the interval before the next commit, and not after it was stopped', async () => {
    let commits = 0;
    const commit = async (): Promise<void> => {
      commits += 1;
    };
    const pacer = new CommitPacer({ commit, intervalMs: 60_000, fail: unexpected });
    pacer.request();
    await sleep(5);
    pacer.request();
    await sleep(5);
    expect(commits).toBe(1);
    await pacer.stop();
    pacer.request();
    await sleep(5);
    expect(commits).toBe(1);
  });

  it('tells of a commit that failed, once, and commits no more', async () => {
    const failures: unknown[] = [];
    const pacer = new CommitPacer({
      commit: () => Promise.reject(new Error('refused')),
      intervalMs: 0,
      fail: (error) => failures.push(error),
    });
    pacer.request();
    await sleep(5);
    pacer.request();
    await sleep(5);
    expect(failures).toMatchObject([{ message: 'refused' }]);
    await pacer.stop();
  });
});
