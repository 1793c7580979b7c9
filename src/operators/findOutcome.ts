import type { AsyncEndpoint, Invocation } from '../ports/asyncEndpoint.ts';
import { InferenceResult } from './inferenceResult.ts';

/** How a job ended. */
export type Outcome = { readonly result: InferenceResult } | { readonly failure: string; readonly failureUri: string };

/** Options of {@link findOutcome}. */
export interface FindOptions {
  readonly signal: AbortSignal;
  /** Whether to look for a failure object when there is no output. */
  readonly failure: boolean;
  /** Wall clock in milliseconds; objects written before it belong to an older job of the same name. */
  readonly notBeforeMs?: number | undefined;
}

/**
 * Looks once for a job's output, and if asked for its failure object; there is no other way to learn the state of a job.
 *
 * Where both are there, the output counts: a job of this name was paid for and has its answer, whatever another one came to.
 */
export async function findOutcome(
  { store }: AsyncEndpoint,
  { outputUri, failureUri }: Invocation,
  { signal, failure, notBeforeMs = Number.NEGATIVE_INFINITY }: FindOptions,
): Promise<Outcome | undefined> {
  const output = await store.get(outputUri, { signal });
  if (output !== undefined && (output.modifiedMs ?? notBeforeMs) >= notBeforeMs)
    return { result: new InferenceResult(output) };
  if (!failure || failureUri === undefined) return undefined;
  const failed = await store.get(failureUri, { signal });
  if (failed === undefined || (failed.modifiedMs ?? notBeforeMs) < notBeforeMs) return undefined;
  return { failure: new InferenceResult(failed).text(), failureUri };
}
