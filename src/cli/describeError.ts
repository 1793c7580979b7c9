import { inspect, styleText } from 'node:util';
import { ConfigurationError } from '../errors/configurationError.ts';
import { type ErrorCode, errorTable } from '../errors/errorTable.ts';
import { messageOf } from '../errors/messageOf.ts';
import { redact } from '../errors/redact.ts';
import { SwathError } from '../errors/swathError.ts';
import { isInteractive } from './terminal/isInteractive.ts';

/** What is said of an error, and the status that the process ends with. */
export interface DescribedError {
  readonly text: string;
  readonly status: number;
}

/** How much is said, and to whom. */
export interface DescribeOptions {
  /** True: with the stack and the causes. */
  readonly isVerbose: boolean;
  readonly stream: NodeJS.WriteStream;
}

/** Puts an error into words for somebody at a terminal: what is wrong, and what to do about it. Secrets are hidden. */
export function describeError(error: unknown, { isVerbose, stream }: DescribeOptions): DescribedError {
  const mark = isInteractive(stream, process.env) ? styleText('red', 'error:', { validateStream: false }) : 'error:';
  const { lines, status } = wordsOf(error);
  const stack = isVerbose ? [redact(inspect(error, { depth: 4 }))] : [];
  return {
    text: [...lines.map((line) => `${mark} ${line}`), ...adviceOf(error, isVerbose), ...stack, ''].join('\n'),
    status,
  };
}

/** The code stays out of what is masked: AUTHORIZATION before a colon would pass for a header, and hide the word after it. */
function wordsOf(error: unknown): { lines: readonly string[]; status: number } {
  if (error instanceof ConfigurationError) return { lines: redact(error.message).split('\n'), status: 2 };
  if (error instanceof SwathError) {
    return { lines: [`${error.code}: ${redact(error.message)}`], status: tableEntry(error)?.exitStatus ?? 1 };
  }
  return { lines: [redact(messageOf(error))], status: 1 };
}

function adviceOf(error: unknown, isVerbose: boolean): string[] {
  if (error instanceof ConfigurationError) return [];
  const advice = error instanceof SwathError ? tableEntry(error)?.whatToDo : undefined;
  return [
    ...(advice === undefined ? [] : [`what to do: ${advice}`]),
    ...(isVerbose ? [] : ['(--verbose shows where it comes from)']),
  ];
}

/** Errors of a pipeline's own may have codes that the table does not know. */
function tableEntry({ code }: SwathError): (typeof errorTable)[ErrorCode] | undefined {
  return Object.hasOwn(errorTable, code) ? errorTable[code as ErrorCode] : undefined;
}
