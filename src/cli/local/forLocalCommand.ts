import { ConfigurationError, type ConfigurationProblem } from '../../errors/configurationError.ts';

/** Starts stand-ins for a command; what they cannot listen at is told by the names of the command line. */
export async function forLocalCommand<T>(host: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    const problems = cause.problems.map((problem) => named(problem, host));
    throw new ConfigurationError(problems, { cause });
  }
}

function named(problem: ConfigurationProblem, host: string): ConfigurationProblem {
  const { field, rule, value } = problem;
  if (field === 'host') return { ...problem, field: '--host', value: host };
  if (!field.startsWith('ports.')) return problem;
  return { field: '--port', rule: `${rule} for ${field.slice('ports.'.length)}`, value: `${host}:${String(value)}` };
}
