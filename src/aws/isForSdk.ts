import { outdatedCredentials } from '../errors/outdatedCredentials.ts';
import { errorFacts } from './errorFacts.ts';

const mended = new Set([
  ...outdatedCredentials,
  'AuthorizationHeaderMalformed',
  'InvalidSignatureException',
  'PermanentRedirect',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TemporaryRedirect',
]);

/** True when the SDK may do better: credentials that ran out, a clock that is off, a bucket of another region. */
export function isForSdk(error: unknown): boolean {
  const { name, httpStatus = 0 } = errorFacts(error);
  return mended.has(name) || (httpStatus >= 300 && httpStatus < 400);
}
