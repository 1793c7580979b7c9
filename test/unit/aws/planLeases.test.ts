import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planLeases, planRemovals, type StartMark } from '../../../src/aws/planLeases.ts';
import type { Shard } from '../../../src/aws/shard.ts';
import type { Lease } from '../../../src/ports/leaseStore.ts';
import { leaseOf } from './leaseOf.ts';

const shard = (id: string, parents: readonly string[] = [], open = true): Shard => ({
  id,
  parents,
  open,
  hashRange: undefined,
});
const plan = (shards: readonly Shard[], leases: readonly Lease[], start: StartMark = 'TRIM_HORIZON') =>
  planLeases(shards, leases, start, 'tiles').map(({ key, checkpoint }) => `${key} ${checkpoint}`);

/** 0 was split into 1 and 2, these were merged into 3. */
const resharded = [shard('3', ['1', '2']), shard('1', ['0'], false), shard('2', ['0'], false), shard('0', [], false)];

describe('planLeases', () => {
  it('leases all shards of an empty table, parents first', () => {
    const keys = plan(resharded, []).map((line) => line.split(' ')[0]);
    expect(keys).toEqual(['0', '1', '2', '3']);
    expect(plan(resharded, [], 'AT_TIMESTAMP')).toContain('0 AT_TIMESTAMP');
  });

  it('leases only open shards where reading starts at the end', () => {
    expect(plan(resharded, [], 'LATEST')).toEqual(['3 LATEST']);
    expect(plan(resharded, [leaseOf('3', { checkpoint: 'LATEST' })], 'LATEST')).toEqual([]);
  });

  it('reads children from their beginning, wherever the start was', () => {
    const begun = leaseOf('0', { checkpoint: '495' });
    expect(plan(resharded, [begun], 'LATEST')).toEqual(['1 TRIM_HORIZON', '2 TRIM_HORIZON', '3 TRIM_HORIZON']);
    expect(plan(resharded, [begun, leaseOf('2')], 'AT_TIMESTAMP')).toEqual(['1 TRIM_HORIZON', '3 TRIM_HORIZON']);
  });

  it('leaves shards alone whose lease was removed after they were finished', () => {
    expect(plan(resharded, [leaseOf('3', { checkpoint: '496' })])).toEqual([]);
  });

  it('knows a parent that the stream no longer lists', () => {
    expect(plan([shard('1', ['0'])], [leaseOf('0', { checkpoint: 'SHARD_END' })], 'LATEST')).toEqual([
      '1 TRIM_HORIZON',
    ]);
  });

  it('fills a hole that a crash left while the table was filled', () => {
    expect(plan([shard('a'), shard('b')], [leaseOf('a')], 'LATEST')).toEqual(['b LATEST']);
  });
});

describe('planRemovals', () => {
  const remove = (shards: readonly Shard[], leases: readonly Lease[]) =>
    planRemovals(shards, leases).map(({ key }) => key);
  const ended = (key: string, children: readonly string[], parents: readonly string[] = []): Lease =>
    leaseOf(key, { checkpoint: 'SHARD_END', children, parents });

  it('removes a finished shard once all its children have progressed', () => {
    const shards = [shard('0', [], false), shard('1', ['0']), shard('2', ['0'])];
    const end = ended('0', ['1', '2']);
    expect(remove(shards, [end, leaseOf('1', { checkpoint: '7' }), leaseOf('2')])).toEqual([]);
    expect(remove(shards, [end, leaseOf('1', { checkpoint: '7' })])).toEqual([]);
    expect(remove(shards, [end, leaseOf('1', { checkpoint: '7' }), leaseOf('2', { checkpoint: '8' })])).toEqual(['0']);
  });

  it('keeps what is not finished, and what has no children while the stream lists it', () => {
    expect(remove([shard('0')], [leaseOf('0', { checkpoint: '7' })])).toEqual([]);
    expect(remove([shard('0', [], false)], [ended('0', [])])).toEqual([]);
    expect(remove([], [ended('0', [])])).toEqual(['0']);
  });

  it('never makes a finished shard be leased again, whatever the history', () => {
    const random = fc.array(fc.tuple(fc.nat(30), fc.boolean(), fc.nat(30)), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(random, (steps) => {
        let shards = [shard('0'), shard('1')];
        let leases: Lease[] = [];
        const finished = new Set<string>();
        for (const [pick, split, other] of steps) {
          const planned = planLeases(shards, leases, 'TRIM_HORIZON', 'tiles');
          for (const { key } of planned) expect(finished.has(key)).toBe(false);
          leases.push(...planned.map((lease) => leaseOf(lease.key, lease)));
          const open = shards.filter((each) => each.open);
          const one = open[pick % open.length];
          const two = split ? undefined : open[other % open.length];
          if (one === undefined || one === two) continue;
          const closed = [one, ...(two ? [two] : [])];
          const parents = closed.map(({ id }) => id);
          const born = (split ? ['', ''] : ['']).map((_, i) => shard(String(shards.length + i), parents));
          shards = [...shards.map((each) => (closed.includes(each) ? { ...each, open: false } : each)), ...born];
          // Of the leases that may be read, one ends or progresses.
          const readable = leases.filter(
            (lease) =>
              lease.checkpoint !== 'SHARD_END' &&
              lease.parents.every(
                (id) => (leases.find(({ key }) => key === id)?.checkpoint ?? 'SHARD_END') === 'SHARD_END',
              ),
          );
          const lease = readable[other % Math.max(1, readable.length)];
          if (lease === undefined) continue;
          const isClosed = shards.find(({ id }) => id === lease.key)?.open === false;
          if (isClosed) {
            leases.push(...planLeases(shards, leases, 'TRIM_HORIZON', 'tiles').map((each) => leaseOf(each.key, each)));
            finished.add(lease.key);
          }
          leases = leases.map((each) =>
            each === lease ? { ...each, checkpoint: isClosed ? 'SHARD_END' : '7' } : each,
          );
          const gone = planRemovals(shards, leases);
          leases = leases.filter((each) => !gone.includes(each));
        }
      }),
    );
  });
});
