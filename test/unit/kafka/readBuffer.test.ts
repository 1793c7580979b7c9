import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReadBuffer } from '../../../src/kafka/readBuffer.ts';
import type { ReadRecord } from '../../../src/ports/recordReader.ts';

const recordsOf = (from: number, count: number, bytes = 744): ReadRecord<number>[] =>
  Array.from({ length: count }, (_, i) => ({ position: String(from + i), slot: from + i, bytes, value: from + i }));

const setUp = (maxBytes: number) => {
  const log: string[] = [];
  const buffer = new ReadBuffer<number>({
    maxBytes,
    rest: (partition) => log.push(`rest ${partition}`),
    goOn: (partition) => log.push(`go on ${partition}`),
  });
  return { log, buffer };
};

describe('ReadBuffer', () => {
  it('lets a partition rest at its share and go on at half of it', () => {
    const { log, buffer } = setUp(2_000_000); // a record counts 1000 bytes with what is around it
    buffer.open('0', 1);
    buffer.open('1', 2);
    buffer.push('0', recordsOf(0, 999));
    expect(log).toEqual([]);
    buffer.push('0', recordsOf(999, 1));
    expect(log).toEqual(['rest 0']);
    buffer.push('0', recordsOf(1000, 10));
    expect(buffer.take()?.records).toHaveLength(256);
    expect(log).toEqual(['rest 0']);
    buffer.take();
    expect(log).toEqual(['rest 0', 'go on 0']);
  });

  it('takes from partitions in turn', () => {
    const { buffer } = setUp(1e9);
    for (const partition of ['0', '1', '2']) {
      buffer.open(partition, 1);
      buffer.push(partition, recordsOf(0, 300));
    }
    const turns = Array.from({ length: 7 }, () => buffer.take()?.partition);
    expect(turns).toEqual(['0', '1', '2', '0', '1', '2', undefined]);
  });

  it('hands over nothing of a paused partition until it is resumed', async () => {
    const { buffer } = setUp(1e9);
    buffer.open('0', 1);
    buffer.push('0', recordsOf(0, 3));
    buffer.pause('0');
    expect(buffer.take()).toBeUndefined();
    const changed = buffer.changed();
    buffer.resume('0');
    await changed;
    expect(buffer.take()?.records.map(({ slot }) => slot)).toEqual([0, 1, 2]);
  });

  it('stays paused over an emptying, not over a loss', () => {
    const { buffer } = setUp(1e9);
    buffer.pause('0');
    buffer.empty('0');
    buffer.open('0', 2);
    buffer.push('0', recordsOf(0, 1));
    expect(buffer.take()).toBeUndefined();
    buffer.drop('0');
    buffer.open('0', 3);
    buffer.push('0', recordsOf(7, 1));
    expect(buffer.take()).toMatchObject({ epoch: 3, records: [{ slot: 7 }] });
  });

  it('drops what comes for a partition that is not open, and what an earlier assignment left', () => {
    const { buffer } = setUp(1e9);
    buffer.push('0', recordsOf(0, 5));
    buffer.open('0', 1);
    buffer.push('0', recordsOf(0, 5));
    buffer.open('0', 2);
    expect(buffer.take()).toBeUndefined();
    buffer.push('0', recordsOf(3, 1));
    expect(buffer.take()).toMatchObject({ epoch: 2, records: [{ slot: 3 }] });
  });

  it('hands over everything once and in order, whatever the sizes and pauses', () => {
    const action = fc.oneof(
      fc.record({ push: fc.nat(400), to: fc.constantFrom('0', '1') }),
      fc.record({ take: fc.nat(3) }),
      fc.record({ pause: fc.constantFrom('0', '1') }),
      fc.record({ resume: fc.constantFrom('0', '1') }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), fc.integer({ min: 1, max: 500_000 }), (actions, maxBytes) => {
        const { log, buffer } = setUp(maxBytes);
        const pushed: Record<string, number> = { '0': 0, '1': 0 };
        const taken: Record<string, number[]> = { '0': [], '1': [] };
        const take = (): boolean => {
          const batch = buffer.take();
          taken[batch?.partition ?? '']?.push(...(batch?.records.map(({ slot }) => slot) ?? []));
          return batch !== undefined;
        };
        buffer.open('0', 1);
        buffer.open('1', 1);
        for (const own of actions) {
          if ('push' in own) {
            buffer.push(own.to, recordsOf(pushed[own.to] ?? 0, own.push));
            pushed[own.to] = (pushed[own.to] ?? 0) + own.push;
          } else if ('take' in own) for (let n = 0; n < own.take; n++) take();
          else if ('pause' in own) buffer.pause(own.pause);
          else buffer.resume(own.resume);
        }
        buffer.resume('0');
        buffer.resume('1');
        while (take());
        for (const partition of ['0', '1']) {
          expect(taken[partition]).toEqual(Array.from({ length: pushed[partition] ?? 0 }, (_, i) => i));
          const own = log.filter((line) => line.endsWith(partition));
          expect(own).toEqual(own.map((_, i) => (i % 2 === 0 ? `rest ${partition}` : `go on ${partition}`)));
          expect(own.length % 2).toBe(0);
        }
      }),
    );
  });
});
