import fc from 'fast-check';
import { SwathError } from '../../src/errors/swathError.ts';

const refuse = (): never => {
  throw new Error('asked for it');
};

/** An error of one's own kind that cannot be read. */
class UnreadableError extends SwathError {
  override readonly retryable = true;
  override get code(): string {
    return refuse();
  }
}

const withoutText: readonly (() => unknown)[] = [
  () => Object.create(null),
  () => ({ toString: refuse }),
  () => ({ toString: () => ({}), valueOf: () => ({}) }),
  () => ({ [Symbol.toPrimitive]: refuse }),
  () => Object.defineProperty(new Error('x'), 'message', { get: refuse }),
  () => Object.defineProperty(new Error('x'), 'name', { get: refuse }),
  () => Object.assign(new Error('x'), { message: Object.create(null), name: Symbol('name') }),
  () => new Proxy(new Error('x'), { get: refuse }),
  () => new Proxy({}, { getPrototypeOf: refuse, get: refuse }),
  () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  () => new UnreadableError('x'),
];

/** Makes whatever code of a user may throw; much of it fails when it is asked for a text. */
export const oddThrown: fc.Arbitrary<() => unknown> = fc.oneof(
  fc
    .anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true, withTypedArray: true })
    .map((value) => () => value),
  fc.constantFrom(...withoutText),
);
