import { describe, expect, it } from 'vitest';
import { readCustomAttributes } from '../../../model/readCustomAttributes.ts';
import { readInvocation } from '../../../model/readInvocation.ts';

const json = (document: unknown) =>
  readInvocation(Buffer.from(JSON.stringify(document)), 'application/json; charset=utf-8');

describe('readInvocation', () => {
  it.each(['image/png', 'image/jpeg', 'IMAGE/PNG; q=1', 'image/jpg'])('takes the bytes of %s as they are', (type) => {
    const body = Buffer.from('bytes');
    expect(readInvocation(body, type)).toEqual({ image: body, metadata: {} });
  });

  it('takes JSON that names an object in S3', () => {
    expect(json({ bucket: 'b', key: 'a/k.png' })).toEqual({ image: { bucket: 'b', key: 'a/k.png' }, metadata: {} });
    expect(json({ bucket: 'b', key: 'k', metadata: { n: [1] } })).toMatchObject({ metadata: { n: [1] } });
  });

  it.each([
    ['image/gif', 'Unsupported content type: image/gif'],
    ['', 'Unsupported content type: '],
    [undefined, 'Unsupported content type: '],
  ])('refuses content type %s', (type, message) => {
    expect(() => readInvocation(Buffer.from(''), type)).toThrow(expect.objectContaining({ status: 400, message }));
  });

  it.each([
    [{}, /^Invalid request: bucket: .*; key: /],
    [{ bucket: '', key: 'k' }, /^Invalid request: bucket: /],
    [{ bucket: 'b', key: 'k', keys: [] }, /^Invalid request: document: .*keys/],
    [[], /^Invalid request: document: /],
  ])('refuses %o', (document, message) => {
    expect(() => json(document)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringMatching(message) }),
    );
  });

  it('refuses what is not JSON, or not UTF-8', () => {
    const refused = expect.objectContaining({ status: 400, message: expect.stringMatching(/^Invalid JSON: /) });
    expect(() => readInvocation(Buffer.from('{'), 'application/json')).toThrow(refused);
    expect(() => readInvocation(Buffer.from([0xff, 0xfe]), 'application/json')).toThrow(refused);
  });
});

describe('readCustomAttributes', () => {
  it.each([
    [undefined, {}],
    ['', {}],
    ['c000b4f9-df62-4c85-a0bf-7c525f9104a4', {}],
    ['traceparent=00-1-2-01,tile=a', { traceparent: '00-1-2-01', tile: 'a' }],
    [' traceparent = 00-1-2-01 , x=a=b', { traceparent: '00-1-2-01', x: 'a=b' }],
    ['tracestate=a%3D1%2Cb%3D2', { tracestate: 'a=1,b=2' }],
    ['rate=100%', { rate: '100%' }],
  ])('reads %s', (header, attributes) => expect(readCustomAttributes(header)).toEqual(attributes));
});
