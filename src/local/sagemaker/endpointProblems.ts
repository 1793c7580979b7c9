import type { ConfigurationProblem } from '../../errors/configurationError.ts';
import { isInteger } from '../isInteger.ts';
import type { LocalEndpoint } from './localEndpoint.ts';

const S3_PATH = /^s3:\/\/[^/]+(\/.*)?$/;

/** Rules that an endpoint breaks. */
export function endpointProblems(endpoint: LocalEndpoint): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const demand = (holds: boolean, field: string, rule: string, value: unknown): void => {
    if (!holds) problems.push({ field: `endpoints.${endpoint.name}.${field}`, rule, value });
  };
  const { name, model, outputPath, failurePath, instances = 1, concurrencyPerInstance = 1 } = endpoint;
  demand(
    /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/.test(name),
    'name',
    'must be 1 to 63 letters, digits and inner hyphens',
    name,
  );
  demand(typeof model !== 'string' || isHttpUrl(model), 'model', 'must be an http:// URL or a function', model);
  demand(S3_PATH.test(outputPath), 'outputPath', 'must be s3://bucket/prefix', outputPath);
  demand(
    failurePath === undefined || S3_PATH.test(failurePath),
    'failurePath',
    'must be s3://bucket/prefix',
    failurePath,
  );
  demand(isInteger(instances, 0, 1_000), 'instances', 'must be an integer from 0 to 1000', instances);
  demand(
    isInteger(concurrencyPerInstance, 1, 10_000),
    'concurrencyPerInstance',
    'must be an integer from 1 to 10000',
    concurrencyPerInstance,
  );
  return problems;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'http:';
}
