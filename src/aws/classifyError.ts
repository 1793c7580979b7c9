import type { ServiceError } from '../errors/serviceError.ts';
import type { ErrorFacts } from './errorFacts.ts';

const throttles = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  'KMSThrottlingException',
]);
const transients = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND', // a name server that is down answers so too
  'EPIPE',
  'ETIMEDOUT',
  'IncompleteBody',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServerException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);
const denials = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AllAccessDisabled',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'KMSAccessDeniedException', // a key that is disabled or gone is mended by whoever holds it, like a permission
  'KMSDisabledException',
  'KMSInvalidStateException',
  'KMSNotFoundException',
  'KMSOptInRequired',
  'SignatureDoesNotMatch',
  'UnauthorizedException',
  'UnrecognizedClientException',
]);
const absences = new Set(['NoSuchBucket', 'NoSuchKey', 'NotFound', 'ResourceNotFoundException']);

/** What the SDK calls an answer that it cannot read: the page of a proxy, or of another server. */
export const notJson = 'SyntaxError';

/** Says what kind of failure an SDK error is; what it does not know counts by its HTTP status, else as refused. */
export function classifyError({ name, httpStatus = 0 }: ErrorFacts): ServiceError['code'] {
  if (throttles.has(name) || httpStatus === 429) return 'SERVICE_THROTTLED';
  if (transients.has(name) || httpStatus >= 500) return 'SERVICE_UNAVAILABLE';
  if (denials.has(name) || httpStatus === 401 || httpStatus === 403) return 'ACCESS_DENIED';
  if (absences.has(name) || (httpStatus === 404 && name !== notJson)) return 'NOT_FOUND';
  return 'SERVICE_REFUSED';
}
