import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatPosition, isAfter, parsePosition } from '../../../src/aws/shardPosition.ts';
import { SlotPositions } from '../../../src/aws/slotPositions.ts';

const position = fc.record({
  sequence: fc.bigInt({ min: 0n, max: 10n ** 57n }).map(String),
  subSequence: fc.nat(9999),
});

it('writes positions so that they can be read back', () => {
  expect(formatPosition({ sequence: '4965', subSequence: 0 })).toBe('4965');
  fc.assert(
    fc.property(position, (given) => {
      expect(parsePosition(formatPosition(given))).toEqual(given);
    }),
  );
});

it('orders positions as the numbers they are', () => {
  const key = ({ sequence, subSequence }: { sequence: string; subSequence: number }) =>
    BigInt(sequence) * 10_000n + BigInt(subSequence);
  fc.assert(
    fc.property(position, position, (a, b) => {
      expect(isAfter(a, b)).toBe(key(a) > key(b));
    }),
  );
});

it('knows the positions of slots until they are dropped', () => {
  const slots = new SlotPositions();
  slots.add(0, ['a', 'b', 'c']);
  slots.add(3, ['d']);
  expect([0, 2, 3, 4].map((slot) => slots.at(slot))).toEqual(['a', 'c', 'd', undefined]);
  slots.dropBelow(2);
  expect(slots.at(2)).toBe('c');
  slots.dropBelow(3);
  expect([slots.at(2), slots.at(3)]).toEqual([undefined, 'd']);
  slots.dropBelow(4);
  expect(slots.at(3)).toBeUndefined();
});
