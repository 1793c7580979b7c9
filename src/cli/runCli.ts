import { CommanderError } from 'commander';
import { createProgram } from './createProgram.ts';
import { describeError } from './describeError.ts';

/** Runs the command that the arguments name, and ends the process with its status. */
export async function runCli(argv: readonly string[]): Promise<void> {
  const program = createProgram();
  const fail = (error: unknown): void => {
    const { text, status } = describeError(error, { isVerbose: isVerbose(argv), stream: process.stderr });
    process.stderr.write(text);
    process.exit(status);
  };
  // Whoever reads our output may go away, like `head`: that is not a failure. Nor does a run end because nobody hears how it goes.
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') return fail(new Error(`standard output cannot be written (${cause.code})`, { cause }));
    if (process.stdout.listenerCount('error') === 1) process.exit(); // else a command that stops in order has heard it
  });
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', fail).on('unhandledRejection', fail);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) return fail(error);
    process.exitCode = error.exitCode === 0 ? 0 : 2; // what is wrong has been said
  }
  // Results first, then the end: sockets that clients keep alive must not hold the process.
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  process.exit();
}

/** Looked for here and not asked of the parser, since the parser itself may be what failed. */
function isVerbose(argv: readonly string[]): boolean {
  return argv.includes('--verbose') || Boolean(process.env['DEBUG']);
}
