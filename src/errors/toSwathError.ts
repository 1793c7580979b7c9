import { StageError } from './stageError.ts';
import { SwathError } from './swathError.ts';

/** Answers the reason itself when it is a {@link SwathError}, else a {@link StageError} around it. */
export function toSwathError(reason: unknown): SwathError {
  return reason instanceof SwathError ? reason : new StageError(reason);
}
