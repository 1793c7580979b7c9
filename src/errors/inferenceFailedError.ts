import { SwathError } from './swathError.ts';

/** The endpoint wrote a failure object: the model refused the tile or broke on it. */
export class InferenceFailedError extends SwathError {
  override readonly code = 'INFERENCE_FAILED';
  override readonly retryable = false;
  readonly endpoint: string;
  readonly failureUri: string;

  constructor(endpoint: string, failureUri: string, answer: string, options?: ErrorOptions) {
    super(`endpoint ${endpoint} failed: ${answer}`, options);
    this.endpoint = endpoint;
    this.failureUri = failureUri;
  }
}
