import { SwathError } from './swathError.ts';

/** A package that swath mends from inside is not installed as swath knows it; nothing was started. */
export class ClientVersionError extends SwathError {
  override readonly code = 'CLIENT_VERSION';
  override readonly retryable = false;
  readonly client: string;
  readonly needed: string;
  /** Version that is installed; `undefined` where none was found. */
  readonly found: string | undefined;

  constructor(client: string, needed: string, found: string | undefined, where: string, options?: ErrorOptions) {
    super(`swath needs ${client} ${needed}, and found ${found ?? 'none'}${where}`, options);
    this.client = client;
    this.needed = needed;
    this.found = found;
  }
}
