import type { AwsOptions } from './awsOptions.ts';
import { observeAttempts } from './observeAttempts.ts';
import { renewCredentials, type SigningClient } from './renewCredentials.ts';

/**
 * Gives an SDK client what all those of swath have: its requests are counted, and sent again with new credentials where theirs ran out.
 *
 * @param service - First part of the operations' names, like `s3`.
 */
export function prepareClient<I extends object, O extends object>(
  client: SigningClient<I, O>,
  service: string,
  options: Pick<AwsOptions, 'calls' | 'onAttempt'>,
): void {
  observeAttempts(client.middlewareStack, service, options);
  renewCredentials(client);
}
