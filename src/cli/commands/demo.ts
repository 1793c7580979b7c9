import { Command } from 'commander';
import type { GivenDemoOptions } from '../demo/readDemoOptions.ts';
import { optionReaders } from '../optionReaders.ts';
import { stopOnSignals } from '../stopOnSignals.ts';

const examples = `
Examples:
  swath demo
  swath demo --tile-size 512 --out result
  swath demo --image scan.png --bounds 5.9,45.8,10.5,47.8
  swath demo --source kafka --set kafka.brokers=127.0.0.1:9092

Everything runs on this machine: the stream, S3, the SageMaker endpoint, and the model behind it. The folder of --out then holds
index.html (open it), overlay.png, detections.geojson, traces.jsonl and summary.json. With --source kafka the Kafka at 127.0.0.1:9092
is used, else one is started as npm run kafka does. OTEL_EXPORTER_OTLP_ENDPOINT sends the traces there as well.
`;

/** Makes the command `swath demo`: the main job on embedded services, with a result to look at. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('embedded services, a picture cut into tiles, published, detected, mapped')
    .option('--source <name>', 'what carries the tiles: kinesis or kafka', 'kinesis')
    .option('--image <file>', 'picture to look at (default: the night side of the earth)')
    .option('--bounds <w,s,e,n>', 'edges of the picture in degrees')
    .option('--tile-size <pixels>', 'sides of a tile', '256')
    .option('--out <folder>', 'where the result goes', 'out')
    .option('--set <path=value>', 'one option of the pipeline; may be repeated', optionReaders.collect)
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', examples)
    .action(async ({ json, ...given }: GivenDemoOptions & { readonly json?: boolean }) => {
      using signals = stopOnSignals();
      const { demoCommandLine } = await import('../demo/demoCommandLine.ts');
      const { describeDemo } = await import('../demo/describeDemo.ts');
      const summary = await demoCommandLine(given, signals.stop);
      if (summary === undefined) return;
      process.stdout.write(`${json ? JSON.stringify(summary, undefined, 2) : describeDemo(summary, given.out)}\n`);
    });
}
