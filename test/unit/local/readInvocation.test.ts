import { describe, expect, it } from 'vitest';
import { readInvocation } from '../../../src/local/sagemaker/readInvocation.ts';

const payload = Buffer.from('a tile');
const read = (headers: Record<string, string>, body: Uint8Array = payload) => readInvocation('detector', headers, body);
const header = (member: string, value: string) => ({ [`x-amzn-sagemaker-${member}`]: value });

describe('readInvocation', () => {
  it('fills in the defaults of the service', () => {
    expect(read({})).toMatchObject({
      endpointName: 'detector',
      input: { bytes: payload },
      contentType: undefined,
      requestTtlSeconds: 21_600,
      invocationTimeoutSeconds: 900,
    });
  });

  it('reads every header', () => {
    const headers = {
      ...header('inputlocation', 's3://in/a.png'),
      ...header('content-type', 'image/png'),
      ...header('accept', 'application/json'),
      ...header('custom-attributes', 'traceparent=00-1'),
      ...header('inference-id', 'tile-1'),
      ...header('s3outputpathextension', 'a/b'),
      ...header('filename', 'tile-1.json'),
      ...header('requestttlseconds', '60'),
      ...header('invocationtimeoutseconds', '3600'),
    };
    expect(read(headers, Buffer.alloc(0))).toEqual({
      endpointName: 'detector',
      input: { location: 's3://in/a.png' },
      contentType: 'image/png',
      accept: 'application/json',
      customAttributes: 'traceparent=00-1',
      inferenceId: 'tile-1',
      pathExtension: 'a/b',
      filename: 'tile-1.json',
      requestTtlSeconds: 60,
      invocationTimeoutSeconds: 3600,
    });
  });

  it.each([
    ['requestTTLSeconds', '59', /greater than or equal to 60/],
    ['requestTTLSeconds', '21601', /less than or equal to 21600/],
    ['requestTTLSeconds', 'soon', /be an integer/],
    ['invocationTimeoutSeconds', '0', /greater than or equal to 1/],
    ['invocationTimeoutSeconds', '3601', /less than or equal to 3600/],
  ])('refuses %s %s', (member, value, message) => {
    expect(read(header(member.toLowerCase(), value))).toMatchObject({
      status: 400,
      code: 'ValidationError',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['custom-attributes', 'x'.repeat(1025)],
    ['custom-attributes', 'café'],
    ['inference-id', 'x'.repeat(65)],
    ['filename', 'x'.repeat(33)],
    ['filename', 'two.dots.json'],
    ['filename', '-starts-with-a-hyphen'],
    ['filename', 'has/slash'],
    ['s3outputpathextension', 's3://elsewhere'],
    ['s3outputpathextension', 'with space'],
    ['s3outputpathextension', 'x'.repeat(513)],
    ['accept', 'x'.repeat(1025)],
  ])('refuses %s %s', (name, value) => {
    expect(read(header(name, value))).toMatchObject({ status: 400, code: 'ValidationError' });
  });

  it.each([
    ['custom-attributes', 'x'.repeat(1024)],
    ['inference-id', 'x'.repeat(64)],
    ['filename', `${'x'.repeat(28)}.out`],
    ['s3outputpathextension', "2026/09/03/it's-(fine)!_.*"],
  ])('takes %s %s', (name, value) => {
    expect(read(header(name, value))).not.toHaveProperty('code');
  });

  it('takes a body of 128,000 bytes and not one more', () => {
    expect(read({}, Buffer.alloc(128_000))).not.toHaveProperty('code');
    expect(read({}, Buffer.alloc(128_001))).toMatchObject({
      code: 'ValidationError',
      message: expect.stringContaining('less than or equal to 128000'),
    });
  });

  it('wants exactly one of body and location', () => {
    const both = read(header('inputlocation', 's3://in/a.png'));
    const neither = read({}, Buffer.alloc(0));
    expect(both).toMatchObject({ code: 'ValidationError', message: expect.stringContaining('exactly one') });
    expect(neither).toEqual(both);
  });

  it.each(['ftp://in/a.png', 's3://', 's3://bucket', 'https://example.com/a.png'])(
    'refuses the location %s',
    (location) => {
      expect(read(header('inputlocation', location), Buffer.alloc(0))).toMatchObject({ code: 'ValidationError' });
    },
  );

  it('names every rule that is broken', () => {
    const headers = { ...header('requestttlseconds', '1'), ...header('filename', 'a.b.c') };
    expect(read(headers)).toMatchObject({
      message: expect.stringMatching(/^2 validation errors detected: .*'filename'.*; .*'requestTTLSeconds'/),
    });
  });
});
