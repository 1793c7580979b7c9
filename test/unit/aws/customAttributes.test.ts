import fc from 'fast-check';
import { expect, it } from 'vitest';
import { customAttributes } from '../../../src/aws/customAttributes.ts';

it('writes names and values as they are', () => {
  expect(customAttributes({ traceparent: '00-ab-cd-01', tile: 'scene/7' })).toBe(
    'traceparent=00-ab-cd-01,tile=scene/7',
  );
});

it('encodes what would be read as something else', () => {
  expect(customAttributes({ tile: 'a,b=c%d é\n' })).toBe('tile=a%2Cb%3Dc%25d%20%C3%A9%0A');
});

it('leaves out what does not fit, and keeps what does', () => {
  expect(customAttributes({ traceparent: 'x', tile: 'y'.repeat(2000), short: 'z' })).toBe('traceparent=x,short=z');
  expect(customAttributes({})).toBeUndefined();
});

it('always writes at most 1,024 visible ASCII characters, and can be read back', () => {
  const attributes = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme', maxLength: 300 }));
  fc.assert(
    fc.property(attributes, (given) => {
      const text = customAttributes(given) ?? '';
      expect(text).toMatch(/^[!-~]{0,1024}$/);
      for (const pair of text === '' ? [] : text.split(',')) {
        const [name = '', value = ''] = pair.split('=').map(decodeURIComponent);
        expect(given[name]).toBe(value);
      }
    }),
  );
});
