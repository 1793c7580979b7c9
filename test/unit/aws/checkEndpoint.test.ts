import { expect, it } from 'vitest';
import { checkEndpoint } from '../../../src/aws/checkEndpoint.ts';

const rule = 'must be a URL that begins with http:// or https:// and names a host';

it.each([
  ['localhost:4566', 'localhost:4566'],
  ['nonsense', 'nonsense'],
  ['ftp://host/x', 'ftp://host/x'],
  ['http://', 'http://'],
  ['http://me:pass@word@bad host:80', 'http://(hidden)@bad host:80'],
  ['me:pass/word@host', '(hidden)@host'],
])('refuses %s, and hides who logs in', (value, shown) => {
  expect(() => checkEndpoint('KINESIS', undefined, { AWS_ENDPOINT_URL: value })).toThrow(
    `AWS_ENDPOINT_URL: ${rule}, got ${JSON.stringify(shown)}`,
  );
  expect(() => checkEndpoint('KINESIS', value, {})).toThrow(`endpoint: ${rule}, got ${JSON.stringify(shown)}`);
});

it.each([undefined, '', 'http://127.0.0.1:4566', 'https://me:password@host/path', 'HTTP://HOST'])(
  'takes %s',
  (value) => {
    expect(() => checkEndpoint('S3', undefined, { AWS_ENDPOINT_URL: value })).not.toThrow();
  },
);

it('goes by what the SDK goes by: the option, else the variable of the service, else that of all', () => {
  const env = { AWS_ENDPOINT_URL: 'wrong', AWS_ENDPOINT_URL_S3: 'http://host', AWS_ENDPOINT_URL_DYNAMODB: 'bad' };
  expect(() => checkEndpoint('S3', undefined, env)).not.toThrow();
  expect(() => checkEndpoint('DYNAMODB', 'http://host', env)).not.toThrow();
  expect(() => checkEndpoint('DYNAMODB', undefined, env)).toThrow(`AWS_ENDPOINT_URL_DYNAMODB: ${rule}, got "bad"`);
  expect(() => checkEndpoint('KINESIS', undefined, env)).toThrow(`AWS_ENDPOINT_URL: ${rule}, got "wrong"`);
  const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };
  expect(() => checkEndpoint('KINESIS', undefined, ignored)).not.toThrow();
});
