import { Command } from 'commander';
import type { DlqOptions } from '../dlq/dlqOptions.ts';
import type { ReplayCommandOptions } from '../dlq/replayCommandLine.ts';
import { optionReaders } from '../optionReaders.ts';
import { stopOnSignals } from '../stopOnSignals.ts';
import { withKafka } from './withKafka.ts';

const examples = {
  list: [
    'swath dlq list kafka://127.0.0.1:9092/tiles.dead',
    'swath dlq list kafka://kafka.example.org:9094/tiles.dead --config kafka-infer.yaml',
    'swath dlq list kinesis://tiles.dead --where code=INFERENCE_FAILED --json',
  ],
  show: ['swath dlq show kafka://127.0.0.1:9092/tiles.dead tiles/0/42 --out tile.png'],
  replay: [
    'swath dlq replay kafka://127.0.0.1:9092/tiles.dead --where code=INFERENCE_FAILED --dry-run',
    'swath dlq replay kinesis://tiles.dead --to kinesis://tiles --limit 10',
  ],
};
const from = 'kafka://HOST:PORT/TOPIC or kinesis://STREAM';

/** Makes the command `swath dlq`: dead letters: counts by code, one in full, back to the input. */
export function dlqCommand(): Command {
  return new Command('dlq')
    .description('look at dead letters, and send them back')
    .addHelpText('after', helpOf(Object.values(examples).flat()))
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand());
}

function listCommand(): Command {
  return withMarks(withWhere(new Command('list')))
    .description('count dead letters by code and stage')
    .addHelpText('after', helpOf(examples.list))
    .argument('<from>', from)
    .option('--json', 'print the result as JSON')
    .action(async (address: string, { json, ...options }: DlqOptions & { readonly json?: boolean }) => {
      const { listLetters } = await import('../dlq/listLetters.ts');
      const { describeList } = await import('../dlq/describeList.ts');
      print(await listLetters(address, options), json, describeList);
    });
}

function showCommand(): Command {
  return withMarks(new Command('show'))
    .description('show one dead letter in full')
    .addHelpText('after', helpOf(examples.show))
    .argument('<from>', from)
    .argument('<id-or-origin>', "the tile's id, or its origin as stream/partition/position")
    .option('--out <file>', 'write the original bytes to a file')
    .option('--json', 'print the result as JSON')
    .action(
      async (
        address: string,
        name: string,
        { json, ...options }: DlqOptions & { readonly out?: string; readonly json?: boolean },
      ) => {
        const { showLetter } = await import('../dlq/showLetter.ts');
        const { describeLetter } = await import('../dlq/describeLetter.ts');
        print(await showLetter(address, name, options), json, describeLetter);
      },
    );
}

function replayCommand(): Command {
  return withMarks(withWhere(new Command('replay')))
    .description('send dead letters back, each once, and never for ever')
    .addHelpText('after', helpOf(examples.replay))
    .argument('<from>', from)
    .option('--to <target>', 'topic or stream to send to (default: where each record came from)')
    .option('--max-replays <n>', 'how often one tile may be replayed (default: 3)', optionReaders.count)
    .option('--limit <n>', 'dead letters to send at most', optionReaders.count)
    .option('--dry-run', 'count what would be sent, and send nothing')
    .option('--json', 'print the result as JSON')
    .action(async (address: string, { json, ...options }: ReplayCommandOptions & { readonly json?: boolean }) => {
      using signals = stopOnSignals();
      const { replayCommandLine } = await import('../dlq/replayCommandLine.ts');
      const { describeReplay } = await import('../dlq/describeReplay.ts');
      const summary = await replayCommandLine(address, options, signals.stop);
      print(summary, json, describeReplay);
      const { refused, outOfReach, tooLarge, unsendable } = summary;
      if (refused + outOfReach + tooLarge + unsendable > 0) process.exitCode = 1;
      if (summary.unconfirmed > 0) process.exitCode = 3;
    });
}

function helpOf(commands: readonly string[]): string {
  return `\nExamples:\n${commands.map((command) => `  ${command}\n`).join('')}`;
}

function withWhere(command: Command): Command {
  const text = 'only those with this code, stage, origin or id; may be repeated';
  return command.option('--where <key=value>', text, optionReaders.collect);
}

function withMarks(command: Command): Command {
  const group = 'Kafka: consumer group that keeps what was replayed (default: swath-dlq-TOPIC)';
  const table = 'Kinesis: DynamoDB table that keeps what was replayed (default: swath-dlq)';
  return withKafka(command)
    .option('--group <name>', group, optionReaders.name)
    .option('--marks <table>', table, optionReaders.table);
}

function print<T>(result: T, json: boolean | undefined, describe: (result: T) => string): void {
  process.stdout.write(`${json ? JSON.stringify(result, undefined, 2) : describe(result)}\n`);
}
