import { SwathError } from './swathError.ts';

const maxShown = 300;

/** One broken rule of a configuration. */
export interface ConfigurationProblem {
  /** Path of the option, like `source.maxInFlight`. */
  readonly field: string;
  /** What must hold. */
  readonly rule: string;
  /** What was given; secrets are given as `(hidden)`. */
  readonly value?: unknown;
}

/** A command line, configuration or pipeline file cannot be used; nothing was started. */
export class ConfigurationError extends SwathError {
  override readonly code = 'CONFIGURATION';
  override readonly retryable = false;
  readonly problems: readonly ConfigurationProblem[];

  constructor(problems: readonly ConfigurationProblem[], options?: ErrorOptions) {
    super(problems.map(line).join('\n'), options);
    this.problems = problems;
  }
}

function line({ field, rule, value }: ConfigurationProblem): string {
  return `${field || '""'}: ${rule}${value === undefined ? '' : `, got ${shorten(JSON.stringify(value) ?? String(value))}`}`;
}

/** What was given is there to be recognised. */
function shorten(text: string): string {
  return text.length <= maxShown ? text : `${text.slice(0, maxShown)}… (${text.length} characters)`;
}
