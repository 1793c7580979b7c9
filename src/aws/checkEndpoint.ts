import { ConfigurationError } from '../errors/configurationError.ts';

/** A service, as the names of its settings end. */
export type AwsService = 'S3' | 'KINESIS' | 'DYNAMODB' | 'SAGEMAKER_RUNTIME';

/** What every endpoint must be. */
export const endpointRule = 'must be a URL that begins with http:// or https:// and names a host';

/**
 * Checks where the requests of a client go, as far as an option or the environment says it: the SDK takes `localhost:4566` for a
 * scheme, sends requests elsewhere, and never says whose value it was.
 *
 * @param endpoint - The option of the client, which comes before the environment.
 * @throws ConfigurationError when it is no URL of a server.
 */
export function checkEndpoint(
  service: AwsService,
  endpoint: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const own = `AWS_ENDPOINT_URL_${service}`;
  const names = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true' ? [] : [own, 'AWS_ENDPOINT_URL'];
  const name = names.find((each) => env[each]); // one that is empty does not count
  const [field, value] = endpoint !== undefined ? ['endpoint', endpoint] : [name, name && env[name]];
  if (!field || !value) return;
  const url = URL.parse(value);
  if (url !== null && /^https?:$/.test(url.protocol)) return;
  throw new ConfigurationError([{ field, rule: endpointRule, value: withoutUser(value) }]);
}

/** Where it ends cannot be told of what is no URL: all before the last `@` may be a password. */
function withoutUser(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1(hidden)@');
}
