import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { finish } from '../../support/chaos/finish.ts';
import { killedCases } from '../../support/chaos/killedCases.ts';
import { tilesRun } from './tilesRun.ts';

describe.concurrent('a process that is killed', () => {
  killedCases(tilesRun);

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
      const verdict = await finish(run, settings);
      expect(verdict[inversions]).toEqual([]);
      expect(verdict.repeated).toBeGreaterThan(0);
    },
  );
});
