import { ConfigurationError, type ConfigurationProblem } from '../../errors/configurationError.ts';
import { SourceError } from '../../errors/sourceError.ts';

/** Runs what reads dead letters; a topic or stream that is not there is a mistake of the command line. */
export async function forDeadLetters<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw new ConfigurationError(cause.problems.map(named), { cause });
    if (!(cause instanceof SourceError) || !cause.code.endsWith('_MISSING')) throw cause;
    const rule = `must be a topic or stream that exists: ${cause.message}`;
    throw new ConfigurationError([{ field: cause.stream, rule }], { cause });
  }
}

/** Brokers stand in the address alone. */
function named(problem: ConfigurationProblem): ConfigurationProblem {
  return problem.field.startsWith('brokers') ? { ...problem, field: `FROM: ${problem.field}` } : problem;
}
