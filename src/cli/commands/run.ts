import { Command } from 'commander';
import { type ListenAddress, optionReaders } from '../optionReaders.ts';
import { stopOnSignals } from '../stopOnSignals.ts';

interface RunOptions {
  readonly config?: string;
  readonly set?: readonly string[];
  readonly untilIdle?: number;
  readonly http?: ListenAddress;
  readonly check?: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  swath run kafka-infer --config kafka-infer.yaml
  swath run pipelines/detect.ts --config detect.yaml --set source.maxInFlight=100 --until-idle 10
  swath run mine.ts --config mine.yaml --check

The first Ctrl-C (or SIGTERM) drains: what is in flight is finished and committed. The second stops at once; that comes again.
Exit status: 0 done or drained, 1 the pipeline failed, 2 something cannot be used, 3 stopped with tiles unfinished, 130 or 143 stopped at once.
`;

/** Makes the command `swath run`: runs a pipeline until a signal, or until nothing comes any more. */
export function runCommand(): Command {
  return new Command('run')
    .description('run a pipeline until a signal, or until nothing comes any more')
    .argument('<pipeline>', 'file whose default export is a pipeline, or the name of one that comes with swath')
    .option('--config <file>', 'configuration in YAML or JSON')
    .option('--set <path=value>', 'one option, like source.maxInFlight=100; may be repeated', optionReaders.collect)
    .option(
      '--until-idle <seconds>',
      'drain when nothing came for so long and nothing is in flight',
      optionReaders.positive,
    )
    .option(
      '--http <host:port>',
      'serve /livez, /readyz and /metrics; a port alone means loopback',
      optionReaders.address,
    )
    .option('--check', 'look at pipeline and configuration, and start nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', examples)
    .action(async (file: string, options: RunOptions) => {
      if (options.check) return check(file, options);
      using signals = stopOnSignals();
      const { runPipelineFile } = await import('../run/runPipelineFile.ts');
      const { describeRun } = await import('../run/describeRun.ts');
      const summary = await runPipelineFile(file, options, signals.stop);
      process.stdout.write(`${options.json ? JSON.stringify(summary, undefined, 2) : describeRun(summary)}\n`);
      if (summary.reason === 'deadline' || summary.tiles.unfinished > 0) process.exitCode = 3;
    });
}

async function check(file: string, options: RunOptions): Promise<void> {
  const { checkPipelineFile } = await import('../run/checkPipelineFile.ts');
  const { name: pipeline, warnings } = await checkPipelineFile(file, options);
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  process.stdout.write(
    options.json ? `${JSON.stringify({ pipeline, ok: true })}\n` : `${pipeline}: everything can be used.\n`,
  );
}
