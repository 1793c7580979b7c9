import { SwathError } from './swathError.ts';

/** A tile did not get through a stage, retries included, within the stage's `deadlineMs`. */
export class TileDeadlineError extends SwathError {
  override readonly code = 'TILE_DEADLINE';
  override readonly retryable = true;
  readonly stage: string;
  readonly deadlineMs: number;

  constructor(stage: string, deadlineMs: number, options?: ErrorOptions) {
    super(`stage ${stage} did not finish within ${deadlineMs} ms`, options);
    this.stage = stage;
    this.deadlineMs = deadlineMs;
  }
}
