import { SwathError } from './swathError.ts';

/** A stage ended without a result for a tile: the function given to it emitted nothing. */
export class NoResultError extends SwathError {
  override readonly code = 'NO_RESULT';
  override readonly retryable = false;
  readonly stage: string;

  constructor(stage: string, options?: ErrorOptions) {
    super(`stage ${stage} ended without a result; emit one value, or drop the tile with filterTile`, options);
    this.stage = stage;
  }
}
