import { diag } from '@opentelemetry/api';
import { toSwathError } from '../errors/toSwathError.ts';
import type { AsyncEndpoint, Invocation } from '../ports/asyncEndpoint.ts';
import { type FindOptions, findOutcome, type Outcome } from './findOutcome.ts';

/**
 * Looks once for the outcome of a job that may never have been started.
 *
 * A refusal counts as "not there": without `s3:ListBucket` S3 answers 403 for what does not exist, and whoever must not read
 * outputs hears it from the job that is started then.
 */
export async function seekOutcome(
  endpoint: AsyncEndpoint,
  invocation: Invocation,
  options: FindOptions,
): Promise<Outcome | undefined> {
  try {
    return await findOutcome(endpoint, invocation, options);
  } catch (error) {
    const { code, message } = toSwathError(error);
    if (code !== 'ACCESS_DENIED') throw error;
    diag.warn(`${message}; taken for "not there"`);
    return undefined;
  }
}
