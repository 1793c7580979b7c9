import { expect, it } from 'vitest';
import { finish } from './finish.ts';
import { boundaries } from './fixtures/boundary.ts';
import { holding, maxInFlight } from './holding.ts';
import type { TilesRun } from './openTilesRun.ts';

/** Tests of a process that is told to stop: by one signal with tiles between any two of their steps, with tiles that do not end, and by two. */
export function stoppedCases(open: () => Promise<TilesRun>): void {
  it.each(boundaries)('with tiles at the boundary "%s" drains, and nothing is repeated', async (at) => {
    await using run = await open();
    const swath = await holding(run, at, { 'hold.until': 'drain' });
    swath.kill('SIGTERM');
    const { status, stdout } = await swath.ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'drained', tiles: { unfinished: 0 } });
    const { opened, committed } = run.journal();
    const { repeated } = await finish(run);
    expect(repeated).toBe(0);
    expect(run.invocations()).toBe(run.tiles);
    expect(opened - committed).toBeLessThanOrEqual(run.bad); // which the journal does not count as finished
  });

  it.each(['decoded', 'invoked', 'written'] as const)(
    'with tiles that stay at the boundary "%s" gives up at the deadline, with status 3, and they come again',
    async (at) => {
      await using run = await open();
      const swath = await holding(run, at, { drainMs: 500 });
      swath.kill('SIGTERM');
      const { status, stdout } = await swath.ended;
      expect(status).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ reason: 'deadline', tiles: { unfinished: maxInFlight } });
      const verdict = await finish(run);
      expect(run.judge(verdict).unexplained).toEqual([]);
      if (at === 'written') expect(verdict.repeated).toBeGreaterThanOrEqual(maxInFlight); // they had been written
      expect(run.invocations()).toBe(run.tiles);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('twice ends at once: %s', async (signal, expected) => {
    await using run = await open();
    const swath = await holding(run, 'awaited');
    swath.kill(signal);
    await swath.says(/Draining/);
    swath.kill(signal);
    expect(await swath.ended).toMatchObject({ status: expected, stdout: '' });
    expect(run.judge(await finish(run)).unexplained).toEqual([]);
  });
}
