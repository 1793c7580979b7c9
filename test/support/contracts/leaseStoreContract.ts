import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Lease, LeaseStore, NewLease } from '../../../src/ports/leaseStore.ts';

/** What the suite needs of a lease store under test. */
export interface LeaseStoreUnderTest {
  readonly store: LeaseStore;
  readonly close: () => Promise<void>;
}

/** Runs what every lease store must hold to, adapter or fake. */
export function leaseStoreContract(name: string, open: () => Promise<LeaseStoreUnderTest>): void {
  describe(`${name} as a lease store`, () => {
    let tested: LeaseStoreUnderTest;
    let store: LeaseStore;
    beforeAll(async () => {
      tested = await open();
      store = tested.store;
      await store.prepare();
    });
    afterAll(() => tested.close());

    const fresh = (changes: Partial<NewLease> = {}): NewLease => ({
      key: `shardId-${randomUUID()}`,
      checkpoint: 'TRIM_HORIZON',
      parents: [],
      hashRange: { start: '0', end: '170141183460469231731687303715884105727' },
      stream: 'tiles',
      ...changes,
    });
    const find = async (key: string): Promise<Lease | undefined> =>
      (await store.list()).find((lease) => lease.key === key);
    const make = async (changes: Partial<NewLease> = {}): Promise<Lease> => {
      const lease = fresh(changes);
      await store.create(lease);
      const made = await find(lease.key);
      if (made === undefined) throw new Error('not created');
      return made;
    };
    const held = async (owner = 'me'): Promise<Lease> => {
      const lease = await store.take(await make(), owner);
      if (lease === undefined) throw new Error('not taken');
      return lease;
    };
    const progress = { checkpoint: '4965', subSequence: 3, map: 'a map' };

    it('prepares itself twice', async () => {
      await store.prepare();
      expect(Array.isArray(await store.list())).toBe(true);
    });

    it('makes a lease that nobody owns', async () => {
      const parents = ['shardId-1', 'shardId-2'];
      const lease = fresh({ parents });
      expect(await store.create(lease)).toBe(true);
      const made = await find(lease.key);
      expect(made).toEqual({
        ...lease,
        parents: expect.arrayContaining(parents),
        owner: undefined,
        counter: 0,
        subSequence: 0,
        map: '',
        ownerSwitches: 0,
        children: [],
        leavingOwner: undefined,
        latestMs: undefined,
      });
    });

    it('makes a lease once', async () => {
      const lease = fresh();
      const made = await Promise.all([store.create(lease), store.create(lease)]);
      expect(made.toSorted()).toEqual([false, true]);
    });

    it('lets exactly one of many take a lease', async () => {
      const lease = await make();
      const taken = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => store.take(lease, owner)));
      const [winner, ...others] = taken.filter((each) => each !== undefined);
      expect(others).toEqual([]);
      expect(await find(lease.key)).toEqual(winner);
      expect(winner?.counter).toBe(lease.counter + 1);
    });

    it('counts how often the owner changed, until the next checkpoint', async () => {
      const mine = await held('a');
      expect(mine.ownerSwitches).toBe(0);
      const theirs = await store.take(mine, 'b');
      expect(theirs).toMatchObject({ owner: 'b', ownerSwitches: 1 });
      if (theirs === undefined) return;
      expect(await store.checkpoint(theirs, progress)).toMatchObject({ ownerSwitches: 0 });
    });

    it('renews a lease by moving its counter alone', async () => {
      const lease = await held();
      expect(await store.renew(lease)).toEqual({ ...lease, counter: lease.counter + 1 });
    });

    it('takes no write from who saw an older lease', async () => {
      const lease = await held();
      const renewed = await store.renew(lease);
      const again = renewed && (await store.renew(renewed));
      expect(await store.renew(lease)).toBeUndefined();
      expect(await store.checkpoint(lease, progress)).toBeUndefined();
      expect(await store.take(lease, 'other')).toBeUndefined();
      expect(await store.release(lease)).toBeUndefined();
      expect(await store.remove(lease)).toBe(false);
      expect(await find(lease.key)).toEqual(again);
    });

    it('takes no write from who lost the lease', async () => {
      const mine = await held('me');
      const theirs = await store.take(mine, 'thief');
      expect(await store.checkpoint(mine, progress)).toBeUndefined();
      expect(await store.renew(mine)).toBeUndefined();
      expect(await find(mine.key)).toEqual(theirs);
    });

    it('keeps progress', async () => {
      const lease = await held();
      const kept = await store.checkpoint(lease, progress);
      expect(kept).toEqual({ ...lease, ...progress, counter: lease.counter + 1 });
      expect(await find(lease.key)).toEqual(kept);
      const cleared = kept && (await store.checkpoint(kept, { ...progress, map: '' }));
      expect(cleared?.map).toBe('');
    });

    it('keeps what LATEST stands for until there is another checkpoint', async () => {
      const latestMs = Date.parse('2026-01-02T03:04:05.678Z');
      const made = await make({ checkpoint: 'LATEST' });
      const lease = await store.take(made, 'me');
      const begun = lease && (await store.begin(lease, latestMs));
      expect(begun).toEqual({ ...lease, latestMs, counter: made.counter + 2 });
      expect(await find(made.key)).toEqual(begun);
      const marked = begun && (await store.checkpoint(begun, { checkpoint: 'LATEST', subSequence: 0, map: 'a map' }));
      expect(marked).toMatchObject({ latestMs, map: 'a map' });
      const on = marked && (await store.checkpoint(marked, progress));
      expect(on).toMatchObject({ ...progress, latestMs: undefined });
      expect(lease && (await store.begin(lease, latestMs))).toBeUndefined();
    });

    it('keeps the largest map', async () => {
      const map = 'm'.repeat(5000);
      expect(await store.checkpoint(await held(), { ...progress, map })).toMatchObject({ map });
    });

    it('keeps the children at the end of a shard', async () => {
      const children = ['shardId-3', 'shardId-4'];
      const ended = await store.checkpoint(
        await held(),
        { checkpoint: 'SHARD_END', subSequence: 0, map: '' },
        children,
      );
      expect(ended?.checkpoint).toBe('SHARD_END');
      expect(ended?.children.toSorted()).toEqual(children);
    });

    it('gives a lease back with its progress', async () => {
      const lease = await store.checkpoint(await held(), progress);
      const free = lease && (await store.release(lease));
      expect(free).toMatchObject({ ...progress, owner: undefined });
      const again = free && (await store.take(free, 'next'));
      expect(again).toMatchObject({ ...progress, owner: 'next', ownerSwitches: 0 });
    });

    it('finds a lease by its name', async () => {
      const lease = await held();
      expect(await store.find(lease.key)).toEqual(lease);
      expect(await store.find('no such lease')).toBeUndefined();
    });

    it('removes a lease', async () => {
      const lease = await held();
      expect(await store.remove(lease)).toBe(true);
      expect(await find(lease.key)).toBeUndefined();
      expect(await store.renew(lease)).toBeUndefined();
    });
  });
}
