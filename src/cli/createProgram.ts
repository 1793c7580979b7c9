import { Command } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { detectCommand } from './commands/detect.ts';
import { dlqCommand } from './commands/dlq.ts';
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
  const commands = [demoCommand(), runCommand(), publishCommand(), dlqCommand(), localCommand(), detectCommand()];
  for (const command of commands) program.addCommand(command);
  explain(program, '');
  return program;
}

/** Lets a command and those below it throw where they would end the process, and say where there is help. */
function explain(command: Command, above: string): void {
  const name = `${above}${command.name()}`;
  command.exitOverride().helpOption('-h, --help', 'print this help').showHelpAfterError(`(${name} --help tells how)`);
  for (const below of command.commands) explain(below, `${name} `);
}
