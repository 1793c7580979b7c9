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

const claimsAtLeast = ({ owned, generation = -1 }: SpreadMember, partition: number, least: number): boolean =>
  owned.includes(partition) && generation >= least;

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

  it('gives a partition that several claim to the latest generation, whatever the ids', () => {
    const back = { id: 'a', owned: [0, 1], generation: 3 };
    const owner = { id: 'b', owned: [0, 1], generation: 5 };
    expect(spread([back, owner], 2)).toEqual({ a: [1], b: [0] });
    expect(spread([back, owner], 1)).toEqual({ a: [], b: [0] });
    expect(spread([{ ...back, draining: true }, owner], 1)).toEqual({ a: [], b: [0] });
    const unnamed = { id: 'a', owned: [0, 1] }; // as versions before tell it
    expect(spread([unnamed, owner], 1)).toEqual({ a: [], b: [0] });
    expect(spread([unnamed, { id: 'b', owned: [0], draining: true }], 2)).toEqual({ a: [1], b: [0] });
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

  it('moves nothing of the latest claims that evenness leaves them, and gives each partition to one member', () => {
    const member = fc.record({
      owned: fc.array(fc.nat(11), { maxLength: 12 }),
      generation: fc.option(fc.nat(3), { nil: undefined }),
      draining: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(member, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 12 }),
        (claims, count) => {
          const members = claims.map(({ generation, ...own }, i) => ({
            ...{ id: `m${i}`, ...own },
            ...(generation !== undefined && { generation }),
          }));
          const given = spread(members, count);
          const all = Object.values(given).flat();
          expect(new Set(all).size).toBe(all.length);
          const open = members.filter(({ draining }) => !draining);
          if (open.length > 0) expect(all).toHaveLength(count);
          const sizes = open.map(({ id }) => given[id]?.length ?? 0);
          if (sizes.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
          for (const { id, owned, generation = -1, draining } of members) {
            const later = members
              .filter((other) => (other.generation ?? -1) > generation)
              .flatMap((other) => other.owned);
            const own = given[id] ?? [];
            // One that drains takes nothing but what it claims, and nothing that is claimed later.
            if (draining) expect(own.filter((one) => !owned.includes(one) || later.includes(one))).toEqual([]);
            const alone = owned.filter(
              (one) =>
                one < count && !members.some((other) => other.id !== id && claimsAtLeast(other, one, generation)),
            );
            // Who loses what nobody else claims so late gets nothing in exchange: it had more than its share.
            if (!alone.every((one) => own.includes(one)))
              expect({ draining, taken: own.filter((one) => !owned.includes(one)) }).toEqual({
                draining: false,
                taken: [],
              });
          }
          expect(spread(members.toReversed(), count)).toEqual(given);
        },
      ),
    );
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
