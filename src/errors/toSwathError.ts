import { StageError } from './stageError.ts';
import { SwathError } from './swathError.ts';

/** Answers the reason itself when it is a {@link SwathError}, else a {@link StageError} around it; never throws. */
export function toSwathError(reason: unknown): SwathError {
  return isSwathError(reason) ? reason : new StageError(reason);
}

/** Asks for all that is read of one later: a proxy, or an accessor of a class of one's own, may throw. */
function isSwathError(reason: unknown): reason is SwathError {
  try {
    if (!(reason instanceof SwathError)) return false;
    const { code, message, retryable } = reason;
    return typeof code === 'string' && typeof message === 'string' && typeof retryable === 'boolean';
  } catch {
    return false;
  }
}
