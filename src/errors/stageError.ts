import { messageOf } from './messageOf.ts';
import { SwathError } from './swathError.ts';

/** A function given to a stage threw something that is not a {@link SwathError}; `cause` holds it. */
export class StageError extends SwathError {
  override readonly code = 'STAGE_FAILED';
  override readonly retryable = false;

  constructor(cause: unknown) {
    super(messageOf(cause), { cause });
  }
}
