import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redact } from '../../../src/errors/redact.ts';

it.each([
  ['amqp://me:pw@host/x', 'amqp://(hidden)@host/x'],
  [
    'GET https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&x=1',
    'GET https://b.s3.amazonaws.com/k?X-Amz-Signature=(hidden)&x=1',
  ],
  [
    'must be kafka://HOST:PORT/TOPIC, got "kafka://me:p/w/1@host:1/t"',
    'must be kafka://HOST:PORT/TOPIC, got "kafka://(hidden)@host:1/t"',
  ],
  ['must be host:port, got "me:pw@host:1"', 'must be host:port, got "(hidden)@host:1"'],
  ['password=pw; user=me', 'password=(hidden); user=me'],
  ['{"apiKey":"k1","a":1}', '{"apiKey":"(hidden)","a":1}'],
  ['Authorization: Bearer abc.def', 'Authorization: Bearer (hidden)'],
  ['key AKIAABCDEFGHIJKLMNOP is wrong', 'key (hidden) is wrong'],
  ['aws_secret_access_key = abc/def', 'aws_secret_access_key = (hidden)'],
])('masks the secret in %s', (text, masked) => expect(redact(text)).toBe(masked));

it('leaves ordinary messages alone', () => {
  const messages = [
    'no answer within 5 ms',
    's3://bucket/key?x=1 is missing',
    'value.uri must be an s3://bucket/key URI',
    'me@host',
    'GET http://127.0.0.1:4566/bucket/tile@2x.png answered 404',
    'kafka.sasl.password: must be a text that is not empty, got "(hidden)"',
    'kafka.sasl.password: needs the environment variable PASSWORD, which is not set',
  ];
  expect(messages.map(redact)).toEqual(messages);
});

it('never shows a password of a URL, and masks but once', () => {
  const password = fc.stringMatching(/^[a-zA-Z0-9]{4,12}$/).map((text) => `!${text}!`);
  fc.assert(
    fc.property(password, fc.string(), fc.string(), (secret, before, after) => {
      const masked = redact(`${before} kafka://me:${secret}@host ${after}`);
      expect(masked).not.toContain(`:${secret}@`);
      expect(redact(masked)).toBe(masked);
    }),
  );
});
