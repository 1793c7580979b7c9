import { join } from 'node:path';
import { Command } from 'commander';
import { describeDemo } from '../demo/describeDemo.ts';
import { type GivenDemoOptions, readDemoOptions } from '../demo/readDemoOptions.ts';
import { runDemo } from '../demo/runDemo.ts';
import { showProgress } from '../demo/showProgress.ts';
import { stopOnSignals } from '../demo/stopOnSignals.ts';

/** Makes the command `swath demo`: the main job on embedded services, with a result to look at. */
export function demoCommand(): Command {
  const collect = (value: string, before: string[]): string[] => [...before, value];
  return new Command('demo')
    .description('embedded services, a picture cut into tiles, published, detected, mapped')
    .option('--source <name>', 'what carries the tiles: kinesis or kafka', 'kinesis')
    .option('--image <file>', 'picture to look at (default: the night side of the earth)')
    .option('--bounds <w,s,e,n>', 'edges of the picture in degrees')
    .option('--tile-size <pixels>', 'sides of a tile', '256')
    .option('--out <folder>', 'where the result goes', 'out')
    .option('--set <path=value>', 'setting of the pipeline, like kafka.brokers=HOST:PORT; may be repeated', collect, [])
    .option('--json', 'print the summary as JSON')
    .action(async (given: GivenDemoOptions & { readonly json?: boolean }) => {
      const options = readDemoOptions(given);
      const progress = showProgress(process.stderr, process.env);
      using signals = stopOnSignals(() =>
        progress.tell('Stopping: what is in flight is finished first; again to stop at once.'),
      );
      try {
        const { summary, report } = await runDemo(options, { progress, stop: signals.stop });
        if (summary === undefined) {
          progress.tell(`Stopped after ${report.progress.acked} tiles; no result was written.`);
          return;
        }
        const text = given.json
          ? JSON.stringify(summary, undefined, 2)
          : describeDemo(summary, join(options.out, 'index.html'));
        process.stdout.write(`${text}\n`);
      } finally {
        progress.end();
      }
    });
}
