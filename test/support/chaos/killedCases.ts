import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { finish } from './finish.ts';
import { boundaries } from './fixtures/boundary.ts';
import { holding } from './holding.ts';
import type { TilesRun } from './openTilesRun.ts';

/** Tests of a process that is killed with tiles between any two of their steps. */
export function killedCases(open: () => Promise<TilesRun>): void {
  it.each(boundaries)('at the boundary "%s" loses nothing and repeats what it had not committed', async (at) => {
    await using run = await open();
    const killed = await holding(run, at);
    killed.kill('SIGKILL');
    expect((await killed.ended).status).toBe(128 + constants.signals.SIGKILL);

    const between = await run.check();
    expect(between.overCommitted).toEqual([]); // whatever is not written comes again
    expect(between.repeated).toBe(0);

    const verdict = await finish(run);
    expect(run.judge(verdict).unexplained).toEqual([]);
    expect(run.invocations()).toBe(run.tiles); // no inference is paid for twice
  });
}
