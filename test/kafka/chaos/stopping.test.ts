import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { finish } from '../../support/chaos/finish.ts';
import { holding, maxInFlight } from '../../support/chaos/holding.ts';
import { stoppedCases } from '../../support/chaos/stoppedCases.ts';
import { tilesRun } from './tilesRun.ts';

const slack = 1000;

describe.concurrent('a process that is told to stop', () => stoppedCases(tilesRun));

// A container gets SIGTERM, and SIGKILL 30 s later; here both clocks go ten times as fast. The tiles take longer than either.
describe.concurrent('a container that is stopped', () => {
  const graceMs = 3000;

  it('whose drain is shorter than the grace period ends by itself, with status 3', async () => {
    await using run = await tilesRun();
    const swath = await holding(run, 'invoked', { drainMs: graceMs - slack });
    swath.kill('SIGTERM');
    await swath.says(/Draining/);
    const { status } = await swath.ended;
    expect(status).toBe(3);
    expect((await finish(run)).repeated).toBe(0);
  });

  it('whose drain is longer is killed in the middle of it, and repeats what it had not committed', async () => {
    await using run = await tilesRun();
    const swath = await holding(run, 'written', { drainMs: 10 * graceMs });
    swath.kill('SIGTERM');
    await swath.says(/Draining/);
    await new Promise((resolve) => setTimeout(resolve, graceMs));
    swath.kill('SIGKILL');
    expect((await swath.ended).status).toBe(128 + constants.signals.SIGKILL);
    const verdict = await finish(run);
    expect(run.judge(verdict).unexplained).toEqual([]);
    expect(verdict.repeated).toBeGreaterThanOrEqual(maxInFlight);
  });
});
