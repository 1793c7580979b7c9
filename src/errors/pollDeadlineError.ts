import { SwathError } from './swathError.ts';

/** No answer arrived before the deadline; the inference may still be running. */
export class PollDeadlineError extends SwathError {
  override readonly code = 'POLL_DEADLINE';
  override readonly retryable = true;
  readonly deadlineMs: number;

  constructor(deadlineMs: number, options?: ErrorOptions) {
    super(`no answer within ${deadlineMs} ms`, options);
    this.deadlineMs = deadlineMs;
  }
}
