import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTaking } from '../../../src/aws/planTaking.ts';
import type { Lease } from '../../../src/ports/leaseStore.ts';
import { leaseOf } from './leaseOf.ts';

const take = (leases: readonly Lease[], { worker = 'me', expired = [] as string[], stealsAtOnce = 1 } = {}): string[] =>
  planTaking({
    leases,
    worker,
    held: new Set(leases.filter(({ owner }) => owner === worker).map(({ key }) => key)),
    expired: ({ key }) => expired.includes(key),
    random: () => 0.5,
    stealsAtOnce,
  }).leases.map(({ key }) => key);
const owned = (owner: string | undefined, ...keys: string[]): Lease[] => keys.map((key) => leaseOf(key, { owner }));

describe('planTaking', () => {
  it('takes everything when it is alone', () => {
    expect(take(owned(undefined, '1', '2', '3'))).toEqual(['1', '2', '3']);
  });

  it('takes its share, rounded up, of what is free', () => {
    expect(take([...owned('you', '1'), ...owned(undefined, '2', '3', '4', '5')])).toEqual(['2', '3', '4']);
  });

  it('takes what has expired, but not from the living when they have no more than their share', () => {
    expect(take(owned('you', '1', '2'), { expired: ['1', '2'] })).toEqual(['1', '2']);
    expect(take([...owned('you', '1'), ...owned('me', '2')])).toEqual([]);
    expect(take(owned('you', '1'))).toEqual([]);
  });

  it('steals one at a time, from the worker that holds most', () => {
    const leases = [...owned('busy', '1', '2', '3', '4'), ...owned('calm', '5', '6')];
    expect(take(leases)).toEqual(['1']);
  });

  it('steals as many as it is told, neither more than its share nor more than the other has too many', () => {
    const leases = [...owned('busy', '1', '2', '3', '4', '5'), ...owned('calm', '6')]; // two for each of three
    expect(take(leases, { stealsAtOnce: 100 })).toEqual(['1', '2']);
    expect(take([...owned('busy', '1', '2', '3'), ...owned('calm', '4', '5', '6')], { stealsAtOnce: 100 })).toEqual([
      '1',
    ]);
  });

  it('takes all that somebody left who died, however many', () => {
    const dead = Array.from({ length: 100 }, (_, i) => String(i));
    expect(take(owned('dead', ...dead), { expired: dead })).toHaveLength(100);
    const leases = [...owned('dead', ...dead), ...owned('you', 'a', 'b')];
    expect(take(leases, { expired: dead })).toHaveLength(51); // half of 102
  });

  it('takes up again what carries its name although it does not hold it', () => {
    const leases = owned('me', '1');
    const facts = { leases, worker: 'me', held: new Set<string>(), expired: () => false, random: () => 0 };
    expect(planTaking({ ...facts, stealsAtOnce: 1 })).toEqual({ leases, enough: true });
  });

  it('leaves children alone until all their parents are finished', () => {
    const child = leaseOf('3', { parents: ['1', '2'] });
    const end = { checkpoint: 'SHARD_END' };
    expect(take([leaseOf('1', end), leaseOf('2', { owner: 'you' }), child])).toEqual([]);
    expect(take([leaseOf('1', end), leaseOf('2', end), child])).toEqual(['3']);
    expect(take([child])).toEqual(['3']);
  });

  it('leaves finished shards alone', () => {
    expect(take([leaseOf('1', { checkpoint: 'SHARD_END' })])).toEqual([]);
  });

  it('waits for the owner before, also where the lease is meant for us, until he is dead', () => {
    const meant = leaseOf('a', { owner: 'me', leavingOwner: 'old' });
    const left = leaseOf('b', { leavingOwner: 'old' });
    const facts = { leases: [meant, left], worker: 'me', held: new Set<string>(), random: () => 0, stealsAtOnce: 1 };
    expect(planTaking({ ...facts, expired: () => false }).leases).toEqual([]);
    const dead = planTaking({ ...facts, expired: () => true });
    expect(dead.leases.map(({ key }) => key).toSorted()).toEqual(['a', 'b']);
  });

  it('leaves a lease alone whose owner before still finishes', () => {
    const leases = owned('busy', '1', '2', '3').map((lease) => ({ ...lease, leavingOwner: 'before' }));
    expect(take(leases)).toEqual([]);
  });

  it('lets any number of workers come to fair shares, and then rest', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        (workers, count, seed) => {
          let leases: Lease[] = Array.from({ length: count }, (_, i) => leaseOf(String(i)));
          const step = (): number => {
            let moved = 0;
            for (let worker = 0; worker < workers; worker++) {
              const name = `w${(worker + seed) % workers}`;
              const wanted = take(leases, { worker: name });
              moved += wanted.length;
              leases = leases.map((lease) => (wanted.includes(lease.key) ? { ...lease, owner: name } : lease));
            }
            return moved;
          };
          for (let i = 0; i < count + workers && step() > 0; i++);
          expect(step()).toBe(0);
          const loads = Array.from(
            { length: workers },
            (_, i) => leases.filter(({ owner }) => owner === `w${i}`).length,
          );
          expect(Math.max(...loads)).toBeLessThanOrEqual(Math.ceil(count / Math.min(workers, count)));
          expect(loads.reduce((sum, load) => sum + load, 0)).toBe(count);
        },
      ),
    );
  });
});
