import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/configurationError.ts';
import { RecordInvalidError } from '../../../src/errors/recordInvalidError.ts';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import { befallsEveryTile } from '../../../src/sinks/befallsEveryTile.ts';

const failed = (code: ServiceError['code'], operation: string, serviceCode: string): ServiceError =>
  new ServiceError(code, `${operation}: ${serviceCode}`, { operation, serviceCode });

describe('a failure', () => {
  it.each([
    ['of the configuration', new ConfigurationError([{ field: 'AWS region', rule: 'is missing' }]), 'invoke'],
    ['of a permission to write', failed('ACCESS_DENIED', 's3.PutObject', 'AccessDenied'), 'upload'],
    [
      'of an endpoint that is missing',
      failed('NOT_FOUND', 'sagemaker.InvokeEndpointAsync', 'ValidationError'),
      'invoke',
    ],
    ['to read outputs', failed('ACCESS_DENIED', 's3.GetObject', 'AccessDenied'), 'await'],
    ['to read the output of an earlier job', failed('ACCESS_DENIED', 's3.GetObject', 'AccessDenied'), 'resume'],
    [
      'of credentials that ran out, whatever was read',
      failed('ACCESS_DENIED', 's3.GetObject', 'ExpiredToken'),
      'scene',
    ],
    ['of credentials that are missing', failed('ACCESS_DENIED', 's3.GetObject', 'CredentialsProviderError'), 'scene'],
  ])('%s befalls every tile', (_, reason, stage) => {
    expect(befallsEveryTile(reason, stage)).toBe(true);
  });

  it.each([
    ['of an object that the record names', failed('ACCESS_DENIED', 's3.GetObject', 'AccessDenied'), 'scene'],
    ['of an object that is gone', failed('NOT_FOUND', 's3.GetObject', 'NoSuchBucket'), 'await'],
    ['that may pass', failed('SERVICE_UNAVAILABLE', 's3.PutObject', 'InternalError'), 'upload'],
    ['of the record', new RecordInvalidError('RECORD_INVALID', 'value.id', 'must be there', ''), 'decode'],
  ])('%s is the tile’s own', (_, reason, stage) => {
    expect(befallsEveryTile(reason, stage)).toBe(false);
  });
});
