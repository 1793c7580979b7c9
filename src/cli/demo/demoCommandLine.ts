import type { Summary } from '../report/summary.ts';
import { type GivenDemoOptions, readDemoOptions } from './readDemoOptions.ts';
import { runDemo } from './runDemo.ts';
import { showProgress } from './showProgress.ts';
import { stopOnSignals } from './stopOnSignals.ts';

/**
 * Runs the demo as a command: with progress and signals. Answers undefined when a signal ended it.
 *
 * @throws ConfigurationError when something cannot be used.
 */
export async function demoCommandLine(given: GivenDemoOptions): Promise<Summary | undefined> {
  const options = readDemoOptions(given);
  const progress = showProgress(process.stderr, process.env);
  using signals = stopOnSignals(() =>
    progress.tell('Stopping: what is in flight is finished first; again to stop at once.'),
  );
  try {
    const { summary, settled } = await runDemo(options, { progress, stop: signals.stop });
    if (summary === undefined) progress.step(`Stopped after ${settled} tiles; no result was written.`);
    return summary;
  } finally {
    progress.end();
  }
}
