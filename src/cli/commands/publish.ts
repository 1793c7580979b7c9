import { Command } from 'commander';
import { optionReaders } from '../optionReaders.ts';
import type { PublishCommandOptions } from '../publish/publishCommandLine.ts';
import { stopOnSignals } from '../stopOnSignals.ts';
import { withKafka } from './withKafka.ts';

const examples = `
Examples:
  swath publish scans/ --to kafka://127.0.0.1:9092/tiles
  swath publish earth-night.jpg --tile-size 256 --overlap 48 --bounds -180,-90,180,90 --to kinesis://tiles
  swath publish tile.png --repeat 20000 --rate 500 --to kafka://127.0.0.1:9092/tiles
  swath publish scans/ --to kafka://kafka.example.org:9094/tiles --config kafka-infer.yaml

Without --tile-size a file is one record: on Kafka its bytes, as a CloudEvent with the file's name as id; on Kinesis a JSON descriptor.
With it pictures are cut into lossless PNG tiles, each a JSON descriptor with its place in the picture and, where --bounds
says where the picture lies, on earth. AWS settings are the SDK's own (AWS_REGION, AWS_ENDPOINT_URL_KINESIS, …).
`;

/** Makes the command `swath publish`: images, or folders of them, as tile records. */
export function publishCommand(): Command {
  return withKafka(new Command('publish'))
    .description('publish images, or folders of them, as tile records')
    .argument('<path...>', 'files, and folders of pictures')
    .requiredOption('--to <target>', 'kafka://HOST:PORT/TOPIC or kinesis://STREAM')
    .option('--tile-size <pixels>', 'cut pictures into tiles of this size', optionReaders.count)
    .option('--overlap <pixels>', 'what neighbouring tiles share, an even number', optionReaders.natural)
    .option('--bounds <w,s,e,n>', 'edges of the pictures in degrees')
    .option('--repeat <n>', 'publish everything so many times, under ids of their own', optionReaders.count)
    .option('--rate <n>', 'records a second at most', optionReaders.positive)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (paths: string[], { json, ...options }: PublishCommandOptions & { readonly json?: boolean }) => {
      using signals = stopOnSignals();
      const { publishCommandLine } = await import('../publish/publishCommandLine.ts');
      const summary = await publishCommandLine(paths, options, signals.stop);
      const { records, files, seconds, refused, unconfirmed, stopped } = summary;
      const words = [
        `${stopped ? 'Stopped: ' : ''}${records} records of ${files} files published in ${seconds.toFixed(1)} s`,
        ...(refused > 0 ? [`${refused} refused`] : []),
        ...(unconfirmed > 0 ? [`${unconfirmed} not confirmed`] : []),
      ];
      process.stdout.write(`${json ? JSON.stringify(summary, undefined, 2) : `${words.join(', ')}.`}\n`);
      if (refused > 0) process.exitCode = 1;
      if (unconfirmed > 0) process.exitCode = 3;
    });
}
