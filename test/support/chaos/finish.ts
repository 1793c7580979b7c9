import { expect } from 'vitest';
import type { Verdict } from '../checker/verdict.ts';
import type { TilesRun } from './openTilesRun.ts';

/** Lets the next process finish the rest: nothing may be lost, whatever became of the one before. */
export async function finish(run: TilesRun, settings: Parameters<TilesRun['finish']>[0] = {}): Promise<Verdict> {
  const verdict = await run.finish(settings);
  expect(verdict).toMatchObject({ records: run.tiles + run.bad, lost: 0, overCommitted: [], strangers: [] });
  return verdict;
}
