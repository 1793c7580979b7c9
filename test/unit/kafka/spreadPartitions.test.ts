import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SpreadMember, spreadPartitions } from '../../../src/kafka/spreadPartitions.ts';

const spread = (members: readonly SpreadMember[], count: number) =>
  Object.fromEntries(
    spreadPartitions(
      members,
      Array.from({ length: count }, (_, i) => i),
    ),
  );

describe('spreadPartitions', () => {
  it('leaves members what they have, and gives a new one its share', () => {
    const members = [
      { id: 'a', owned: [0, 2, 4] },
      { id: 'b', owned: [1, 3, 5] },
      { id: 'c', owned: [] },
    ];
    expect(spread(members, 6)).toEqual({ a: [0, 2], b: [1, 3], c: [4, 5] });
  });

  it('leaves one that drains all it has, and gives it nothing else', () => {
    const members = [
      { id: 'a', owned: [0, 1, 2], draining: true },
      { id: 'b', owned: [2, 3] },
      { id: 'c', owned: [] },
    ];
    expect(spread(members, 6)).toEqual({ a: [0, 1, 2], b: [3, 4], c: [5] });
    expect(spread([{ id: 'a', owned: [1], draining: true }], 3)).toEqual({ a: [1] });
  });

  it('gives what a lost member had to the others', () => {
    expect(
      spread(
        [
          { id: 'a', owned: [0, 1] },
          { id: 'b', owned: [2, 3] },
        ],
        6,
      ),
    ).toEqual({ a: [0, 1, 4], b: [2, 3, 5] });
  });

  it('gives nobody what does not exist, and nothing twice', () => {
    expect(
      spread(
        [
          { id: 'a', owned: [9, 0] },
          { id: 'b', owned: [0, 1] },
        ],
        2,
      ),
    ).toEqual({ a: [0], b: [1] });
    expect(
      spread(
        [
          { id: 'a', owned: [] },
          { id: 'b', owned: [] },
        ],
        1,
      ),
    ).toEqual({ a: [0], b: [] });
    expect(spread([], 3)).toEqual({});
  });

  it('is even, complete, the same in any order, and moves as few as it can', () => {
    const claims = fc.array(fc.array(fc.nat(19), { maxLength: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(claims, fc.integer({ min: 0, max: 20 }), (owned, count) => {
        const members = owned.map((own, i) => ({ id: `m${i}`, owned: [...new Set(own)] }));
        const given = spread(members, count);
        expect(
          Object.values(given)
            .flat()
            .toSorted((a, b) => a - b),
        ).toEqual(Array.from({ length: count }, (_, i) => i));
        const sizes = Object.values(given).map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        expect(spread(members.toReversed(), count)).toEqual(given);
        // Spread again, nothing moves.
        expect(
          spread(
            members.map(({ id }) => ({ id, owned: [...(given[id] ?? [])] })),
            count,
          ),
        ).toEqual(given);
      }),
    );
  });
});
