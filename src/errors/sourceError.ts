import { SwathError } from './swathError.ts';

/** A source or sink cannot go on: the broker or stream refused it for good. */
export class SourceError extends SwathError {
  override readonly code: 'TOPIC_MISSING' | 'STREAM_MISSING' | 'AUTHORIZATION' | 'CONNECTION' | 'SOURCE_FAILED';
  override readonly retryable: boolean;
  readonly stream: string;

  constructor(code: SourceError['code'], stream: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.stream = stream;
    this.retryable = code === 'CONNECTION';
  }
}
