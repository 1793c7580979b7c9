import { readFile, writeFile } from 'node:fs/promises';
import type { Machine } from '../measure.ts';
import { fillMeasured } from './fillMeasured.ts';
import type { Recovered } from './recoverOnce.ts';
import { recovery } from './recovery.ts';
import { recoveryTable } from './recoveryTable.ts';
import { summarize } from './summarize.ts';

const fullRuns = 100;
const page = new URL('../../../docs/delivery.md', import.meta.url);

/** Runs the suite, `SWATH_RECOVERY_RUNS` times or in full; a full run writes the table of docs/delivery.md. */
export async function recoverySuite(machine: Machine): Promise<{ result: object; violations: readonly string[] }> {
  const runs = Number(process.env['SWATH_RECOVERY_RUNS'] ?? fullRuns);
  if (!Number.isInteger(runs) || runs < 1) {
    console.error(`SWATH_RECOVERY_RUNS must be a whole number from 1, got "${process.env['SWATH_RECOVERY_RUNS']}"`);
    process.exit(2);
  }
  const measured = await recovery(runs);
  if (runs >= fullRuns) {
    const text = await readFile(page, 'utf8');
    await writeFile(page, fillMeasured(text, 'recovery', recoveryTable(measured, machine)));
  }
  const { runs: count, seed, violations } = measured;
  return { result: { runs: count, seed, ...numbers(measured.swath), plain: numbers(measured.plain) }, violations };
}

/** Means, but `lost` is the sum of all runs. */
function numbers(runs: readonly Recovered[]) {
  const { inFlight, uncommitted, repeated, mostRepeated, lost } = summarize(runs);
  return { inFlight, uncommitted, repeated, mostRepeated, lost };
}
