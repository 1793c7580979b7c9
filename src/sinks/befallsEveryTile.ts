import { ConfigurationError } from '../errors/configurationError.ts';
import { outdatedCredentials } from '../errors/outdatedCredentials.ts';
import { ServiceError } from '../errors/serviceError.ts';
import type { SwathError } from '../errors/swathError.ts';

const setUp = new Set<ServiceError['code']>(['ACCESS_DENIED', 'NOT_FOUND']);
const reads = new Set(['s3.GetObject', 's3.HeadObject']);
const looks = new Set(['await', 'resume']); // stages that read the endpoint's outputs
const noCredentials = new Set([...outdatedCredentials, 'CredentialsProviderError']);

/**
 * Says whether a failure is one of the set-up, not of the tile: an endpoint or bucket that does not exist, or credentials, region or
 * a permission that are missing. The next tile would fail in the same way.
 *
 * Objects that cannot be read are the record's own affair, since it names them; only the endpoint's outputs are not.
 */
export function befallsEveryTile(reason: SwathError, stage: string): boolean {
  if (reason instanceof ConfigurationError) return true;
  if (!(reason instanceof ServiceError)) return false;
  if (!setUp.has(reason.code)) return false;
  if (!reads.has(reason.operation) || noCredentials.has(reason.serviceCode)) return true;
  return reason.code === 'ACCESS_DENIED' && looks.has(stage);
}
