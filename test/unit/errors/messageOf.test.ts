import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageOf } from '../../../src/errors/messageOf.ts';
import { toSwathError } from '../../../src/errors/toSwathError.ts';
import { oddThrown } from '../../support/oddThrown.ts';

it('says whatever is thrown as text, and makes an error of it that can be read', () => {
  fc.assert(
    fc.property(oddThrown, (make) => {
      const thrown = make();
      expect(messageOf(thrown)).toBeTypeOf('string');
      const { code, message, retryable } = toSwathError(thrown);
      expect([code, typeof message, retryable]).toEqual(['STAGE_FAILED', 'string', false]);
    }),
  );
});

it.each([
  [new Error('broken'), 'broken'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [Symbol('s'), 'Symbol(s)'],
  [Object.assign(new Error('x'), { message: 5 }), '5'],
  [Object.create(null), 'what was thrown cannot be told as text'],
])('says %o', (thrown, text) => expect(messageOf(thrown)).toBe(text));
