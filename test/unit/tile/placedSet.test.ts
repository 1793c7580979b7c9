import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlacedSet } from '../../../src/tile/placedSet.ts';

const thing = (name: number) => ({ name, place: 0 });

describe('a set of things that know their place', () => {
  it('holds what a set would hold, whatever is added and removed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(20))), (steps) => {
        const things = Array.from({ length: 21 }, (_, name) => thing(name));
        const set = new PlacedSet<{ name: number; place: number }>();
        const model = new Set<number>();
        for (const [adding, name] of steps) {
          const one = things[name] ?? thing(name);
          if (adding && !model.has(name)) {
            set.add(one);
            model.add(name);
          } else if (!adding) {
            expect(set.delete(one)).toBe(model.delete(name));
          }
          expect(set.size).toBe(model.size);
        }
        expect(new Set(set.takeAll().map(({ name }) => name))).toEqual(model);
        expect(set.size).toBe(0);
      }),
    );
  });

  it('does not take a thing for another that has its place in the meantime', () => {
    const set = new PlacedSet<{ name: number; place: number }>();
    const [first, second] = [thing(1), thing(2)];
    set.add(first);
    set.delete(first);
    set.add(second);
    expect(set.delete(first)).toBe(false);
    expect(set.takeAll()).toEqual([second]);
  });
});
