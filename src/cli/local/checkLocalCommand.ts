import { bucketName } from '../../config/bucketName.ts';
import { checkConfig } from '../../config/checkConfig.ts';
import { ConfigurationError, type ConfigurationProblem } from '../../errors/configurationError.ts';
import { endpointProblems } from '../../local/sagemaker/endpointProblems.ts';
import type { LocalEndpoint } from '../../local/sagemaker/localEndpoint.ts';
import { largestPort } from '../optionReaders.ts';

/** What the options of an endpoint are called on the command line. */
const options: Readonly<Record<string, string>> = { name: '--endpoint', model: '--model', instances: '--instances' };
const portsInRow = 4;

/**
 * Checks what `swath local` is told, before anything is started.
 *
 * @throws ConfigurationError with all that is wrong, by the names of the command line.
 */
export function checkLocalCommand(
  endpoint: LocalEndpoint,
  { host, port, buckets }: { readonly host: string; readonly port: number; readonly buckets: readonly string[] },
): void {
  const problems: ConfigurationProblem[] = [];
  for (const { field, rule, value } of endpointProblems(endpoint)) {
    const option = options[field.slice(field.lastIndexOf('.') + 1)];
    if (option !== undefined) problems.push({ field: option, rule: rule.replace(' or a function', ''), value });
  }
  if (port > largestPort - portsInRow + 1) {
    problems.push({
      field: '--port',
      rule: `must be at most ${largestPort - portsInRow + 1}, as three more follow`,
      value: port,
    });
  }
  if (host === '') problems.push({ field: '--host', rule: 'must be an address of this machine', value: host });
  if (buckets.length === 0) problems.push({ field: '--buckets', rule: 'must be names with commas between' });
  if (problems.length > 0) throw new ConfigurationError(problems);
  for (const bucket of buckets) checkConfig(bucketName, bucket, '--buckets');
}
