import { type ErrorCode, errorTable } from '../../errors/errorTable.ts';
import type { Summary } from '../report/summary.ts';
import { type GivenDemoOptions, readDemoOptions } from './readDemoOptions.ts';
import { runDemo } from './runDemo.ts';
import { showProgress } from './showProgress.ts';

/**
 * Runs the demo as a command: with progress and signals. Answers undefined when a signal ended it.
 *
 * @throws ConfigurationError when something cannot be used.
 */
export async function demoCommandLine(given: GivenDemoOptions, stop: AbortSignal): Promise<Summary | undefined> {
  const options = readDemoOptions(given);
  const progress = showProgress(process.stderr, process.env);
  const stopping = (): void => progress.tell('Stopping: what is in flight is finished first; again to stop at once.');
  stop.addEventListener('abort', stopping, { once: true });
  try {
    const { summary, settled, refused } = await runDemo(options, { progress, stop });
    if (summary === undefined) progress.step(`Stopped after ${settled} tiles; no result was written.`);
    for (const [code, count] of Object.entries(refused)) {
      const advice = Object.hasOwn(errorTable, code) ? ` ${errorTable[code as ErrorCode].whatToDo}` : '';
      progress.tell(`${count} of ${settled} tiles were refused and went to the dead letters: ${code}.${advice}`);
    }
    return summary;
  } catch (error) {
    if (!stop.aborted || error !== stop.reason) throw error;
    progress.step('Stopped before the first tile; no result was written.');
    return undefined;
  } finally {
    stop.removeEventListener('abort', stopping);
    progress.end();
  }
}
