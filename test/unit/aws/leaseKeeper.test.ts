import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HeldLease } from '../../../src/aws/heldLease.ts';
import { LeaseKeeper } from '../../../src/aws/leaseKeeper.ts';
import type { Timing } from '../../../src/aws/timing.ts';
import { ServiceError } from '../../../src/errors/serviceError.ts';
import type { LeaseStore } from '../../../src/ports/leaseStore.ts';
import { type MemoryLeaseStore, memoryLeaseStore } from '../../../src/testing/memoryLeaseStore.ts';
import { type VirtualTiming, virtualTiming } from '../../support/virtualTiming.ts';

const failoverMs = 10_000;

interface Worker {
  readonly keeper: LeaseKeeper;
  readonly held: Set<string>;
  readonly leases: Map<string, HeldLease>;
  readonly lost: string[];
  readonly failures: unknown[];
}

describe('LeaseKeeper', () => {
  let timing: VirtualTiming;
  let store: MemoryLeaseStore;
  let workers: Worker[];
  beforeEach(() => {
    timing = virtualTiming();
    store = memoryLeaseStore();
    workers = [];
    const silent = (): void => undefined;
    diag.setLogger({ warn: silent, error: silent, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN);
  });
  afterEach(async () => {
    for (const { keeper } of workers) await keeper.close();
    diag.disable();
  });
  const shards = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await store.create({
        key: `s${i}`,
        checkpoint: 'TRIM_HORIZON',
        parents: [],
        hashRange: undefined,
        stream: 'tiles',
      });
    }
  };
  const start = (name: string, clock: Timing = timing, table: LeaseStore = store): Worker => {
    const worker = {
      held: new Set<string>(),
      leases: new Map<string, HeldLease>(),
      lost: [] as string[],
      failures: [] as unknown[],
    };
    const keeper = new LeaseKeeper({
      store: table,
      worker: name,
      failoverMs,
      stealsAtOnce: 1,
      timing: clock,
      taken: (lease) => {
        worker.held.add(lease.key);
        worker.leases.set(lease.key, lease);
      },
      looked: () => undefined,
      lost: ({ key }) => {
        worker.held.delete(key);
        worker.lost.push(key);
      },
      failed: (error) => worker.failures.push(error),
    });
    keeper.start();
    const started = { ...worker, keeper };
    workers.push(started);
    return started;
  };
  const owners = (): (string | undefined)[] => [...store.leases.values()].map(({ owner }) => owner);

  it('takes all leases at once when it is alone, and keeps them', async () => {
    await shards(4);
    const one = start('one');
    await timing.advance(0);
    expect(one.held.size).toBe(4);
    await timing.advance(120_000);
    expect([one.held.size, one.lost]).toEqual([4, []]);
  });

  it('shares with who joins, and takes back from who leaves', async () => {
    await shards(6);
    const one = start('one');
    await timing.advance(1_000);
    const two = start('two');
    const three = start('three');
    await timing.advance(60_000);
    expect([one, two, three].map(({ held }) => held.size)).toEqual([2, 2, 2]);
    expect(new Set([...one.held, ...two.held, ...three.held]).size).toBe(6);
    await two.keeper.close();
    await timing.advance(failoverMs);
    expect(one.held.size + three.held.size).toBe(6);
  });

  it('goes on with a stolen lease where its owner was', async () => {
    await shards(2);
    const one = start('one');
    await timing.advance(0);
    const progress = { checkpoint: '495', subSequence: 3, map: 'a map' };
    for (const held of one.leases.values()) await held.change((lease) => store.checkpoint(lease, progress));
    const two = start('two');
    await timing.advance(0); // before it is renewed, which answers the lease as it lies in the store
    const [stolen] = [...two.leases.values()];
    expect(two.leases.size).toBe(1);
    expect(stolen?.lease).toMatchObject({ ...progress, owner: 'two' });
  });

  it('takes over from a worker that died, not before its leases ran out', async () => {
    await shards(2);
    let alive = true;
    const dying: Timing = {
      ...timing,
      sleep: (ms, signal) => (alive ? timing.sleep(ms, signal) : new Promise(() => undefined)),
    };
    const one = start('one', dying);
    await timing.advance(0);
    alive = false;
    await timing.advance(failoverMs / 3);
    const two = start('two');
    await timing.advance(failoverMs);
    expect(one.held.size).toBe(2);
    const stolen = two.held.size; // one, because the dead one still seemed to live
    expect(stolen).toBeLessThanOrEqual(1);
    await timing.advance(failoverMs);
    expect(owners()).toEqual(['two', 'two']);
    workers = workers.filter((worker) => worker !== one);
  });

  it('does not compare its clock with anybody else’s', async () => {
    await shards(2);
    const one = start('one');
    await timing.advance(0);
    const two = start('two', { ...timing, nowMs: () => timing.nowMs() + 3_600_000 });
    await timing.advance(60_000);
    expect([one.held.size, two.held.size]).toEqual([1, 1]);
    expect(one.lost).toHaveLength(1);
  });

  it('hears that a lease was stolen with the next write', async () => {
    await shards(1);
    const one = start('one');
    await timing.advance(0);
    const lease = store.leases.get('s0');
    if (lease !== undefined) await store.take(lease, 'thief');
    await timing.advance(failoverMs / 2);
    expect(one.lost).toEqual(['s0']);
  });

  it('takes leases as lost that it could not renew in time', async () => {
    await shards(1);
    const one = start('one');
    await timing.advance(0);
    const facts = { operation: 'dynamodb.UpdateItem', serviceCode: 'ECONNREFUSED' };
    store.refusals.push(() => new ServiceError('SERVICE_UNAVAILABLE', 'down', facts));
    await timing.advance(failoverMs);
    expect(one.lost).toEqual([]);
    await timing.advance(failoverMs / 2);
    expect(one.lost).toEqual(['s0']);
    expect(one.failures).toEqual([]);
    store.refusals.length = 0;
    await timing.advance(failoverMs);
    expect(one.held.size).toBe(1);
  });

  it('comes back to its own leases after the store was away for long, and to nobody else’s', async () => {
    await shards(4);
    const [one, two] = [start('one'), start('two')];
    await timing.advance(3 * failoverMs);
    const before = new Map([...store.leases.values()].map(({ key, owner }) => [key, owner]));
    const facts = { operation: 'dynamodb.UpdateItem', serviceCode: 'ECONNREFUSED' };
    store.refusals.push(() => new ServiceError('SERVICE_UNAVAILABLE', 'down', facts));
    await timing.advance(3 * failoverMs);
    expect([one.held.size, two.held.size]).toEqual([0, 0]);
    store.refusals.length = 0;
    await timing.advance(3 * failoverMs);
    expect([one.held.size, two.held.size]).toEqual([2, 2]);
    expect(new Map([...store.leases.values()].map(({ key, owner }) => [key, owner]))).toEqual(before);
    for (const { ownerSwitches } of store.leases.values()) expect(ownerSwitches).toBeLessThanOrEqual(1);
  });

  it('takes all that a worker left who died by one look, however many', async () => {
    await shards(100);
    const one = start('one');
    await timing.advance(0);
    for (const lease of store.leases.values()) await store.take(lease, 'dead');
    await timing.advance(failoverMs / 2);
    expect(one.held.size).toBeLessThan(10);
    await timing.advance(1.5 * failoverMs);
    expect(one.held.size).toBe(100);
  });

  it('keeps a lease although the answers to some of its writes never came', async () => {
    await shards(1);
    let answers = true;
    const deaf = <A extends readonly unknown[], R>(write: (...all: A) => Promise<R>) => {
      return async (...all: A): Promise<R> => {
        const answer = await write(...all);
        if (answers) return answer;
        throw new ServiceError('SERVICE_UNAVAILABLE', 'no answer', { operation: 'any', serviceCode: 'TimeoutError' });
      };
    };
    const lossy = { ...store, renew: deaf(store.renew), checkpoint: deaf(store.checkpoint) };
    const one = start('one', timing, lossy);
    await timing.advance(0);
    const held = one.leases.get('s0');
    const commit = (checkpoint: string) =>
      held?.change((lease) => lossy.checkpoint(lease, { checkpoint, subSequence: 0, map: '' }));
    answers = false;
    await timing.advance(failoverMs / 2); // renewals that took effect
    await expect(commit('1')).rejects.toThrow('no answer');
    answers = true;
    expect(await commit('2')).toBe(true);
    expect(store.leases.get('s0')).toMatchObject({ owner: 'one', checkpoint: '2' });
    answers = false;
    await expect(commit('3')).rejects.toThrow('no answer');
    answers = true;
    const now = store.leases.get('s0');
    if (now !== undefined) await store.take(now, 'thief');
    expect(await commit('4')).toBe(false); // it is not ours because we once wrote it
    expect(store.leases.get('s0')).toMatchObject({ owner: 'thief', checkpoint: '3' });
    expect(one.lost).toEqual(['s0']);
  });

  it('says when the store refuses it for good', async () => {
    const facts = { operation: 'dynamodb.Scan', serviceCode: 'AccessDeniedException' };
    store.refusals.push(() => new ServiceError('ACCESS_DENIED', 'not yours', facts));
    const one = start('one');
    await timing.advance(0);
    expect(one.failures).toMatchObject([{ code: 'ACCESS_DENIED' }]);
  });

  it('writes a lease’s changes one after another, each on what the one before left', async () => {
    await shards(1);
    const one = start('one');
    await timing.advance(0);
    const held = one.leases.get('s0');
    const commit = (n: number) =>
      held?.change((lease) => store.checkpoint(lease, { checkpoint: String(n), subSequence: 0, map: '' }));
    const done = await Promise.all([commit(1), commit(2), commit(3), timing.advance(failoverMs), commit(4)]);
    expect(done).toEqual([true, true, true, undefined, true]);
    expect(store.leases.get('s0')?.checkpoint).toBe('4');
  });

  it('gives its leases back when it closes, and takes none after', async () => {
    await shards(3);
    const one = start('one');
    await timing.advance(0);
    await one.keeper.close();
    expect(owners()).toEqual([undefined, undefined, undefined]);
    await one.keeper.takeShare();
    expect(owners()).toEqual([undefined, undefined, undefined]);
  });

  it('never lets two workers write one lease, however they join and die', async () => {
    await shards(8);
    for (let round = 0; round < 30; round++) {
      if (workers.length < 5) start(`w${round}`);
      await timing.advance(timing.random() * failoverMs);
      if (timing.random() < 0.3) await workers.shift()?.keeper.close();
      for (const { held, leases } of workers) {
        for (const key of held) {
          const mine = await leases.get(key)?.change((lease) => store.renew(lease));
          const others = workers.filter((worker) => worker.leases.get(key) !== leases.get(key));
          if (!mine) continue;
          for (const other of others) {
            expect(await other.leases.get(key)?.change((lease) => store.renew(lease))).not.toBe(true);
          }
        }
      }
    }
    await timing.advance(10 * failoverMs);
    expect(workers.reduce((sum, { held }) => sum + held.size, 0)).toBe(8);
  });

  it('gives back what it is just taking when it closes', async () => {
    await shards(1);
    const taking = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const keeper = new LeaseKeeper({
      store: {
        ...store,
        take: async (seen, owner) => {
          taking.resolve();
          await answer.promise;
          return store.take(seen, owner);
        },
      },
      worker: 'b',
      failoverMs,
      stealsAtOnce: 1,
      timing,
      taken: () => undefined,
      looked: () => undefined,
      lost: () => undefined,
      failed: () => undefined,
    });
    const looking = keeper.takeShare();
    await taking.promise;
    const closed = keeper.close();
    answer.resolve();
    await Promise.all([looking, closed]);
    expect(store.leases.get('s0')).toMatchObject({ owner: undefined, counter: 2 });
  });
});
