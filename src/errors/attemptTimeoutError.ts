import { SwathError } from './swathError.ts';

/** One attempt of a stage took longer than its `timeoutMs` and was cancelled. */
export class AttemptTimeoutError extends SwathError {
  override readonly code = 'ATTEMPT_TIMEOUT';
  override readonly retryable = true;
  readonly stage: string;
  readonly timeoutMs: number;

  constructor(stage: string, timeoutMs: number, options?: ErrorOptions) {
    super(`an attempt of stage ${stage} took longer than ${timeoutMs} ms`, options);
    this.stage = stage;
    this.timeoutMs = timeoutMs;
  }
}
