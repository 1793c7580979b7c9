import { Command } from 'commander';
import type { LocalCommandOptions } from '../local/serveLocally.ts';
import { optionReaders } from '../optionReaders.ts';
import { stopOnSignals } from '../stopOnSignals.ts';

const examples = `
Examples:
  swath local                      # prints export lines: paste them into another shell, then swath run there
  swath local --port 4566 --detector lights
  swath local --json > endpoints.json

S3, SQS, SNS, Kinesis, DynamoDB and the SageMaker endpoint with its model, in memory, until Ctrl-C. With --port N the first three
listen at N, Kinesis at N+1, DynamoDB at N+2, SageMaker at N+3. They take any credentials: leave them on loopback.
`;

/** Makes the command `swath local`: the AWS services that a pipeline needs, on this machine. */
export function localCommand(): Command {
  return new Command('local')
    .description('embedded AWS services and the model, on loopback, until a signal')
    .option('--host <address>', 'address to listen at', '127.0.0.1')
    .option('--port <n>', 'first of four ports; 0: any free ones', optionReaders.port, 0)
    .option('--model <url>', 'model container to call instead of starting one')
    .option('--detector <name>', 'what the model that is started detects: rooms or lights', 'rooms')
    .option('--endpoint <name>', 'name of the SageMaker endpoint', 'detector')
    .option('--instances <n>', 'instances behind the endpoint; 0: everything waits', optionReaders.natural, 1)
    .option('--buckets <names>', 'buckets to make; the last is the one for outputs', 'in,out')
    .option('--streams <names>', 'streams to make, with their shards', 'tiles=2,detections=2,tiles.dead=1')
    .option('--json', 'print the addresses as JSON')
    .addHelpText('after', examples)
    .action(async ({ json, ...options }: LocalCommandOptions & { readonly json?: boolean }) => {
      using signals = stopOnSignals();
      const { serveLocally } = await import('../local/serveLocally.ts');
      await serveLocally(options, signals.stop, (environment) => {
        const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`);
        process.stdout.write(json ? `${JSON.stringify(environment, undefined, 2)}\n` : lines.join(''));
      });
    });
}
