import { ConfigurationError } from '../errors/configurationError.ts';
import { messageOf } from '../errors/messageOf.ts';

/** The SDK has no name for a region that is missing, or empty. */
const noRegion = /^Region (?:is missing|not accepted)/;

/** What to do about the error of a client that has no region; `undefined` for any other error. */
export function missingRegion(cause: unknown): ConfigurationError | undefined {
  if (!noRegion.test(messageOf(cause))) return undefined;
  const rule = 'is missing: set AWS_REGION, or `region` in the AWS profile, or the option `region`';
  return new ConfigurationError([{ field: 'AWS region', rule }], { cause });
}
