import { SwathError } from './swathError.ts';

/** A record could not be written to an output; nothing of it is acknowledged. */
export class WriteError extends SwathError {
  override readonly code: 'RECORD_TOO_LARGE_TO_WRITE' | 'RECORD_REFUSED' | 'WRITE_FAILED' | 'WRITE_ABANDONED';
  override readonly retryable: boolean;
  readonly stream: string;

  constructor(code: WriteError['code'], stream: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.stream = stream;
    this.retryable = code === 'WRITE_FAILED';
  }
}
