import { ConfigurationError, type ConfigurationProblem } from '../errors/configurationError.ts';
import { isInteger } from './isInteger.ts';
import type { LocalServicesOptions } from './localServices.ts';
import { endpointProblems } from './sagemaker/endpointProblems.ts';

const SERVICES = ['s3', 'sqs', 'sns', 'kinesis', 'dynamodb', 'sagemaker'];

/** @throws ConfigurationError that names every option that cannot be used. */
export function checkLocalOptions(options: LocalServicesOptions): void {
  const problems: ConfigurationProblem[] = [];
  const demand = (holds: boolean, field: string, rule: string, value: unknown): void => {
    if (!holds) problems.push({ field, rule, value });
  };
  for (const name of options.services ?? [])
    demand(SERVICES.includes(name), 'services', `must be of ${SERVICES.join(', ')}`, name);
  for (const [name, port] of Object.entries(options.ports ?? {})) {
    demand(isInteger(port, 0, 65_535), `ports.${name}`, 'must be an integer from 0 to 65535', port);
  }
  for (const [name, shards] of Object.entries(options.streams ?? {})) {
    demand(isInteger(shards, 1, 10_000), `streams.${name}`, 'must be a number of shards from 1 to 10000', shards);
  }
  const { secondMs = 1000 } = options;
  demand(secondMs > 0, 'secondMs', 'must be positive', secondMs);
  for (const endpoint of options.endpoints ?? []) problems.push(...endpointProblems(endpoint));
  if (problems.length > 0) throw new ConfigurationError(problems);
}
