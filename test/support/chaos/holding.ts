import type { RunningSwath } from '../cli/startSwath.ts';
import type { Boundary } from './fixtures/boundary.ts';
import type { TilesRun } from './openTilesRun.ts';

/** Tiles that a process that is held has in flight. */
export const maxInFlight = 8;
/** How many are held when nothing can go on any more: every tile in flight, one batch of records, one commit. */
const heldAt: Readonly<Partial<Record<Boundary, number>>> = { marking: 1, read: 1, committing: 1, committed: 1 };

/** Starts a process, and resolves when everything in flight is held at the boundary. */
export async function holding(
  run: TilesRun,
  at: Boundary,
  settings: Parameters<TilesRun['start']>[0] = {},
): Promise<RunningSwath> {
  const swath = run.start({ 'hold.at': at, 'source.maxInFlight': maxInFlight, ...settings });
  await swath.says(new RegExp(`held at ${at}: ${heldAt[at] ?? maxInFlight}\\n`));
  return swath;
}
