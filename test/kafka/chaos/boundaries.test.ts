import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { type Boundary, boundaries } from './fixtures/boundary.ts';
import { tilesRun } from './tilesRun.ts';

/** How many are held when nothing can go on any more: every tile in flight, one batch of records, one commit. */
const heldAt: Readonly<Partial<Record<Boundary, number>>> = { marking: 1, read: 1, committing: 1, committed: 1 };
const maxInFlight = 8;

describe.concurrent('a process that is killed', () => {
  it.each(boundaries)('at the boundary "%s" loses nothing and repeats what it had not committed', async (at) => {
    await using run = await tilesRun();
    const killed = run.start({ 'hold.at': at, 'source.maxInFlight': maxInFlight });
    await killed.says(new RegExp(`held at ${at}: ${heldAt[at] ?? maxInFlight}\\n`));
    killed.kill('SIGKILL');
    expect((await killed.ended).status).toBe(128 + constants.signals.SIGKILL);
    const { opened, committed } = run.journal();

    const between = await run.check();
    expect(between.overCommitted).toEqual([]); // whatever is not written comes again
    expect(between.repeated).toBe(0);

    const verdict = await run.finish();
    expect(verdict).toMatchObject({ lost: 0, overCommitted: [], strangers: [] });
    expect(verdict.repeated).toBeLessThanOrEqual(opened - committed);
    expect(verdict.records).toBe(run.tiles + run.bad);
    expect(run.invocations()).toBe(run.tiles); // no inference is paid for twice
  });

  it.each([
    ['key', 'inversions'],
    ['partition', 'partitionInversions'],
  ] as const)(
    'repeats tiles, but puts none before an earlier one where it is to keep the order by %s',
    async (order, inversions) => {
      await using run = await tilesRun();
      const settings = { 'source.order': order, 'source.maxInFlight': 40 };
      for (const at of ['written', 'acked', 'awaited'] as const) {
        const killed = run.start({ ...settings, 'hold.at': at });
        await killed.says(new RegExp(`held at ${at}: 1\\n`));
        killed.kill('SIGKILL');
        expect((await killed.ended).status).toBe(128 + constants.signals.SIGKILL);
      }
      const verdict = await run.finish(settings);
      expect(verdict).toMatchObject({ lost: 0, overCommitted: [], strangers: [] });
      expect(verdict[inversions]).toEqual([]);
      expect(verdict.repeated).toBeGreaterThan(0);
    },
  );
});
