import { describe, expect, it } from 'vitest';
import { toServiceError } from '../../../src/aws/toServiceError.ts';
import { SourceError } from '../../../src/errors/sourceError.ts';

const call = { operation: 's3.GetObject', subject: 's3://tiles/1', permission: 's3:GetObject on arn:aws:s3:::tiles/1' };
const sdkError = (name: string, httpStatusCode?: number, message = 'said so') =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: 'r1' } });

describe('toServiceError', () => {
  it.each([
    ['ThrottlingException', 400],
    ['Throttling', 400],
    ['TooManyRequestsException', 429],
    ['RequestLimitExceeded', 503],
    ['SlowDown', 503],
    ['LimitExceededException', 400],
    ['ProvisionedThroughputExceededException', 400],
    ['whatever', 429],
  ])('knows the throttle %s (%d)', (name, status) => {
    const error = toServiceError(sdkError(name, status), call);
    expect(error).toMatchObject({
      code: 'SERVICE_THROTTLED',
      retryable: true,
      serviceCode: name,
      httpStatus: status,
      requestId: 'r1',
    });
  });

  it.each(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])('knows the passing fault %s', (code) => {
    expect(toServiceError(Object.assign(new Error('broken'), { code }), call)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
      serviceCode: code,
    });
  });

  it.each([
    ['TimeoutError', undefined, 'SERVICE_UNAVAILABLE'],
    ['Whatever', 502, 'SERVICE_UNAVAILABLE'],
    ['AccessDenied', 403, 'ACCESS_DENIED'],
    ['403', 403, 'ACCESS_DENIED'],
    ['UnrecognizedClientException', 400, 'ACCESS_DENIED'],
    ['ExpiredToken', 400, 'ACCESS_DENIED'],
    ['NoSuchBucket', 404, 'NOT_FOUND'],
    ['ResourceNotFoundException', 400, 'NOT_FOUND'],
    ['ValidationError', 400, 'SERVICE_REFUSED'],
    ['Whatever', undefined, 'SERVICE_REFUSED'],
  ])('sorts %s (%s) under %s', (name, status, code) => {
    expect(toServiceError(sdkError(name, status), call).code).toBe(code);
  });

  it('names the permission that is missing', () => {
    expect(toServiceError(sdkError('AccessDenied', 403), call).message).toBe(
      's3.GetObject s3://tiles/1: access denied, s3:GetObject on arn:aws:s3:::tiles/1 is missing (AccessDenied: said so)',
    );
  });

  it('says what to do without credentials and without a region', () => {
    const missing = toServiceError(
      sdkError('CredentialsProviderError', undefined, 'Could not load credentials from any providers'),
      call,
    );
    expect(missing.code).toBe('ACCESS_DENIED');
    expect(missing.message).toContain('no AWS credentials found; set AWS_PROFILE');
    for (const said of ['Region is missing', 'Region not accepted: region="" is not a valid hostname component.']) {
      const error = toServiceError(new Error(said), call);
      expect(error).toMatchObject({ code: 'CONFIGURATION', retryable: false });
      expect(error.message).toBe(
        'AWS region: is missing: set AWS_REGION, or `region` in the AWS profile, or the option `region`',
      );
    }
  });

  it.each([
    [
      'the URL of a profile',
      Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input: 'a:b@c d' }),
    ],
    ['one for S3', sdkError('EndpointError', undefined, 'Custom endpoint `ftp://a:b@c` was not a valid URI')],
  ])('names the rule for an endpoint that is no URL, and not its value: %s', (_, thrown) => {
    const error = toServiceError(thrown, call);
    expect(error).toMatchObject({ code: 'CONFIGURATION' });
    expect(error.cause).toBeUndefined();
    expect(error.message).toBe(
      'endpoint_url of the AWS profile: must be a URL that begins with http:// or https:// and names a host',
    );
  });

  it.each([
    [200, 'SERVICE_REFUSED'],
    [302, 'SERVICE_REFUSED'],
    [404, 'SERVICE_REFUSED'],
    [502, 'SERVICE_UNAVAILABLE'],
  ])('says of a page in the place of an answer (status %d) that it is not from the service', (status, code) => {
    const thrown = sdkError('SyntaxError', status, 'Unexpected token \'<\', "<html>hi</html>" is not valid JSON');
    const error = toServiceError(thrown, call);
    expect(error.code).toBe(code);
    expect(error.message).toContain(
      `does not answer as the service does, but with something that is no JSON (status ${status})`,
    );
    expect(error.message).not.toContain('html');
  });

  it('does not blame a permission for credentials that are not accepted', () => {
    const { message } = toServiceError(sdkError('ExpiredTokenException', 403), call);
    expect(message).toContain('the AWS credentials are not accepted');
  });

  it('lets an error of ours pass, and keeps the cause of others', () => {
    const ours = new SourceError('CONNECTION', 'tiles', 'down');
    expect(toServiceError(ours, call)).toBe(ours);
    const theirs = sdkError('SlowDown', 503);
    expect(toServiceError(theirs, call).cause).toBe(theirs);
    expect(toServiceError('a text', call).message).toContain('Unknown: a text');
  });
});
