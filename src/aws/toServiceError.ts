import { ConfigurationError } from '../errors/configurationError.ts';
import { outdatedCredentials } from '../errors/outdatedCredentials.ts';
import { ServiceError } from '../errors/serviceError.ts';
import { SwathError } from '../errors/swathError.ts';
import { endpointRule } from './checkEndpoint.ts';
import { classifyError, notJson } from './classifyError.ts';
import { type ErrorFacts, errorFacts } from './errorFacts.ts';
import { missingRegion } from './missingRegion.ts';

/** What was attempted, for the message. */
export interface AttemptedCall {
  /** Service and operation, like `s3.PutObject`. */
  readonly operation: string;
  /** What it was about, like `s3://bucket/key`. */
  readonly subject: string;
  /** The permission it needs, like `s3:PutObject on arn:aws:s3:::bucket/key`. */
  readonly permission: string;
}

/** Turns what the SDK threw into a {@link ServiceError} whose message says what failed, and what to do where that is known. */
export function toServiceError(error: unknown, call: AttemptedCall): SwathError {
  if (error instanceof SwathError) return error;
  const regionless = missingRegion(error);
  if (regionless !== undefined) return regionless;
  const facts = errorFacts(error);
  if (facts.name === 'ERR_INVALID_URL' || noUri.test(facts.message)) return endpointUnusable();
  const code = classifyError(facts);
  return new ServiceError(
    code,
    `${call.operation} ${call.subject}: ${explain(code, facts, call)}`,
    { operation: call.operation, serviceCode: facts.name, httpStatus: facts.httpStatus, requestId: facts.requestId },
    { cause: error },
  );
}

/** S3 says it in other words than the other services. */
const noUri = /^Custom endpoint .* was not a valid URI/s;

/** Options and environment were looked at before; the SDK's error holds the value, and with it a password perhaps. */
function endpointUnusable(): ConfigurationError {
  return new ConfigurationError([{ field: 'endpoint_url of the AWS profile', rule: endpointRule }]);
}

const badCredentials = new Set([...outdatedCredentials, 'InvalidSignatureException', 'SignatureDoesNotMatch']);

function explain(
  code: ServiceError['code'],
  { name, message, httpStatus }: ErrorFacts,
  { permission }: AttemptedCall,
): string {
  const said = message === '' || message === name || message === 'UnknownError' ? name : `${name}: ${message}`;
  if (name === 'CredentialsProviderError') {
    return 'no AWS credentials found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run under a role';
  }
  if (name === notJson) {
    return `the endpoint does not answer as the service does, but with something that is no JSON (status ${httpStatus}): is it the right one, as AWS_ENDPOINT_URL or the region names it?`;
  }
  if (badCredentials.has(name)) return `the AWS credentials are not accepted (${said})`;
  if (name.startsWith('KMS') && code === 'ACCESS_DENIED') return `the key that encrypts it cannot be used (${said})`;
  if (name === 'RequestTimeTooSkewed' || name === 'RequestExpired') return `the clock of this machine is off (${said})`;
  if (code === 'ACCESS_DENIED') return `access denied, ${permission} is missing (${said})`;
  return said;
}
