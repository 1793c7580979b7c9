import { Command } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { detectCommand } from './commands/detect.ts';
import { localCommand } from './commands/local.ts';
import { publishCommand } from './commands/publish.ts';
import { runCommand } from './commands/run.ts';
import { readVersion } from './readVersion.ts';

/** Makes the command line: every command registers here. A mistake in it is a `CommanderError`, after it has been explained. */
export function createProgram(): Command {
  const program = new Command('swath')
    .description(
      'A stream processor for imagery: tiles from Kafka or Kinesis through a SageMaker asynchronous endpoint.',
    )
    .version(readVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--verbose', 'with an error, say where it comes from')
    .showSuggestionAfterError()
    .addHelpText('after', '\nswath COMMAND --help tells more, with examples.\n');
  for (const command of [demoCommand(), runCommand(), publishCommand(), localCommand(), detectCommand()]) {
    program.addCommand(command);
  }
  for (const command of [program, ...program.commands]) {
    command.exitOverride().helpOption('-h, --help', 'print this help');
    command.showHelpAfterError(
      `(${[...(command === program ? [] : ['swath']), command.name()].join(' ')} --help tells how)`,
    );
  }
  return program;
}
