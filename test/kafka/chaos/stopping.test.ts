import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Boundary, boundaries } from './fixtures/boundary.ts';
import { type TilesRun, tilesRun } from './tilesRun.ts';

const maxInFlight = 8;
/** How many are held when nothing can go on any more: every tile in flight, one batch of records, one commit. */
const heldAt: Readonly<Partial<Record<Boundary, number>>> = { marking: 1, read: 1, committing: 1, committed: 1 };
const slack = 1000;

/** Starts, and resolves when everything in flight is held at the boundary. */
async function holding(run: TilesRun, at: Boundary, settings: Parameters<TilesRun['start']>[0] = {}) {
  const swath = run.start({ 'hold.at': at, 'source.maxInFlight': maxInFlight, ...settings });
  await swath.says(new RegExp(`held at ${at}: ${heldAt[at] ?? maxInFlight}\\n`));
  return swath;
}

/** Lets the next process finish the rest. */
async function finish(run: TilesRun): Promise<ReturnType<TilesRun['check']>> {
  const verdict = await run.finish();
  expect(verdict).toMatchObject({ lost: 0, overCommitted: [], strangers: [] });
  return verdict;
}

describe.concurrent('a process that is told to stop', () => {
  it.each(boundaries)('with tiles at the boundary "%s" drains, and nothing is repeated', async (at) => {
    await using run = await tilesRun();
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
      await using run = await tilesRun();
      const swath = await holding(run, at, { drainMs: 500 });
      swath.kill('SIGTERM');
      const { status, stdout } = await swath.ended;
      expect(status).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ reason: 'deadline', tiles: { unfinished: maxInFlight } });
      const { opened, committed } = run.journal();
      const { repeated } = await finish(run);
      expect(repeated).toBeLessThanOrEqual(opened - committed);
      if (at === 'written') expect(repeated).toBeGreaterThanOrEqual(maxInFlight); // they had been written
      expect(run.invocations()).toBe(run.tiles);
    },
  );

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('twice ends at once: %s', async (signal, expected) => {
    await using run = await tilesRun();
    const swath = await holding(run, 'awaited');
    swath.kill(signal);
    await swath.says(/Draining/);
    swath.kill(signal);
    expect(await swath.ended).toMatchObject({ status: expected, stdout: '' });
    const { opened, committed } = run.journal();
    const { repeated } = await finish(run);
    expect(repeated).toBeLessThanOrEqual(opened - committed);
  });
});

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
    const { opened, committed } = run.journal();
    const { repeated } = await finish(run);
    expect(repeated).toBeLessThanOrEqual(opened - committed);
    expect(repeated).toBeGreaterThanOrEqual(maxInFlight);
  });
});
